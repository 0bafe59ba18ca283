// Margins and rivals where the target's mask is read from a table, and where there are too many classes for one.
import { expect, test } from 'vitest';
import { createRng } from '../../../../src/base/rng.js';
import { float32, int64, toNumbers } from '../../../../src/base/tensor.js';
import { classMargin, rivalOf } from '../../../../src/fuzz/objectives/watched.js';
import { Program } from '../../../../src/program/program.js';
import { compute, result } from '../../../helpers/programs.js';

test.each([2, 10, 256, 257, 400])('the target and the greatest other of %i classes', async (classes) => {
  const rng = createRng(1, 'margins');
  const rows = 8;
  const data = Float32Array.from({ length: rows * classes }, () => rng.normal());
  const targets = Array.from({ length: rows }, () => rng.below(classes));
  // A target that is the greatest by far, once infinite.
  data[targets[0] ?? 0] = Infinity;
  data[classes + (targets[1] ?? 0)] = 100;
  const p = new Program();
  const logits = p.input('logits', 'float32', ['batch', classes]);
  const target = p.input('target', 'int64', ['batch']);
  const results = await compute(
    p,
    { margin: classMargin(p, logits, target), rival: rivalOf(p, logits, target) },
    { logits: float32(data, [rows, classes]), target: int64(targets) },
  );
  targets.forEach((one, row) => {
    const scores = [...data.subarray(row * classes, (row + 1) * classes)];
    const rest = scores.map((score, at) => (at === one ? -Infinity : score));
    const rival = rest.indexOf(Math.max(...rest));
    expect(toNumbers(result(results, 'rival'))[row]).toBe(rival);
    expect(toNumbers(result(results, 'margin'))[row]).toBe(
      Math.fround((scores[one] ?? 0) - (rest[rival] ?? 0)),
    );
  });
});
