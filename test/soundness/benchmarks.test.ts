// Interval bounds of public benchmark networks (../shared/benchmarks, where it exists) contain their outputs. Zero tolerance.
import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { stdout } from 'node:process';
import { describe, expect, test } from 'vitest';
import { discoverTypes } from '../../src/backends/discover-types.js';
import { openExecutable } from '../../src/backends/onnxruntime.js';
import { float32, toNumbers } from '../../src/base/tensor.js';
import { loadModel } from '../../src/onnx/load.js';
import { Unbounded } from '../../src/ops/operator.js';
import { createInlineRuntime } from '../../src/program/inline-runtime.js';
import { openBounder, rowOf, samplesOf, violations } from '../helpers/bounding.js';
import { Draw } from '../helpers/draw.js';
import { effort } from '../helpers/laws.js';

const folder = new URL('../../../shared/benchmarks/', import.meta.url).pathname;
const boxCount = effort(4);
const pointCount = 25;
/** Half-widths, relative to inputs in [0, 1]: a point, small boxes, and one where most bounds are loose. */
const radii = [0, 1e-3, 0.05];

/** The first network of each benchmark, and those that cannot be bounded yet. */
const files = existsSync(folder)
  ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.onnx(\.gz)?$/.test(file))
      .sort()
      .filter((file, at, sorted) => file.split('/')[0] !== sorted[at - 1]?.split('/')[0])
  : [];
if (files.length === 0) stdout.write(`skipped: no benchmarks in ${folder}\n`);

async function escapes(file: string): Promise<string[] | 'unbounded'> {
  const runtime = createInlineRuntime();
  const { model, bytes } = await loadModel(`${folder}${file}`);
  const typed = await discoverTypes(model, basename(file), runtime);
  const bounders = [
    await openBounder(typed, 'float32', runtime),
    await openBounder(typed, 'float64', runtime),
  ];
  const executable = await openExecutable(typed, bytes, runtime);
  const shape = typed.input.shape.slice(1).map(Number);
  const draw = new Draw(7);
  const escaped: string[] = [];
  for (const radius of radii) {
    for (let box = 0; box < boxCount; box++) {
      const center = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, draw.uniform);
      const side = (sign: number) =>
        float32(
          center.map((value) => value + sign * radius),
          [1, ...shape],
        );
      const boxes = { lower: side(-1), upper: side(1) };
      const points = samplesOf(boxes.lower.data, boxes.upper.data, shape, pointCount, draw.uniform);
      const outputs = toNumbers(await executable.run(points));
      for (const bounder of bounders) {
        const bounds = await bounder(boxes);
        const size = bounds.lower.length;
        for (let row = 0; row < pointCount; row++)
          escaped.push(...violations(rowOf(bounds, 0, 1), outputs.slice(row * size, (row + 1) * size)));
      }
    }
  }
  return escaped;
}

describe.skipIf(files.length === 0)('benchmark networks', () => {
  test.each(files)('%s', async (file) => {
    const result = await escapes(file).catch((error: unknown) => {
      if (error instanceof Unbounded || isUnsupported(error)) return 'unbounded' as const;
      throw error;
    });
    if (result === 'unbounded') return;
    expect(result.slice(0, 3)).toEqual([]);
  });
});

const isUnsupported = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'UNSUPPORTED_MODEL';
