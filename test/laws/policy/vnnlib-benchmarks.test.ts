// Public benchmark properties (../shared/benchmarks, where it exists): all are read, and mean what their text says.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createRng } from '../../../src/base/rng.js';
import { parseVnnlib } from '../../../src/policy/vnnlib/parse.js';
import type { VnnlibProperty } from '../../../src/policy/vnnlib/property.js';
import { contains } from './disjuncts.js';
import { read, satisfied } from './s-expressions.js';

const benchmarks = new URL('../../../../shared/benchmarks/', import.meta.url).pathname;
const families = existsSync(benchmarks)
  ? readdirSync(benchmarks).filter((family) => existsSync(`${benchmarks}${family}/vnnlib`))
  : [];

const propertiesOf = (family: string) =>
  readdirSync(`${benchmarks}${family}/vnnlib`, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.vnnlib(\.gz)?$/.test(file))
    .map((file) => `${benchmarks}${family}/vnnlib/${file}`);

function textOf(file: string): string {
  const bytes = readFileSync(file);
  return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
}

/** A point on or in the box of some disjunct, now and then one step outside, and outputs that often tie. */
function drawPoint({ disjuncts, outputSize }: VnnlibProperty, seed: number) {
  const rng = createRng(seed, 'vnnlib-benchmarks');
  const { lower = new Float64Array(0), upper = new Float64Array(0) } =
    disjuncts[rng.below(disjuncts.length)] ?? {};
  const x = Array.from(lower, (least, at) => {
    const most = upper[at] ?? least;
    return [least, most, Math.min(most, least + rng.uniform() * (most - least))][rng.below(3)] ?? least;
  });
  if (rng.below(4) === 0) x[rng.below(x.length)] = (upper[0] ?? 0) + 1000;
  const scale = [1, 4, 1000][rng.below(3)] ?? 1;
  const y = Array.from({ length: outputSize }, () => (scale * (rng.below(9) - 4)) / 4);
  return { x, y };
}

test.runIf(families.length === 0)('the benchmark folder is not here: nothing to read', () => {
  expect(families).toEqual([]);
});

test.each(families)('%s: the normal form agrees with the text', (family) => {
  const files = propertiesOf(family);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const property = parseVnnlib(textOf(file), file);
    expect(property.disjuncts.length).toBeGreaterThan(0);
    expect(property.emptyDisjuncts).toBe(0);
  }
  const [file = ''] = files;
  const property = parseVnnlib(textOf(file), file);
  const expressions = read(textOf(file));
  for (let seed = 0; seed < 20; seed++) {
    const { x, y } = drawPoint(property, seed);
    const point = new Map([
      ...x.map((value, at): [string, number] => [`X_${at}`, value]),
      ...y.map((value, at): [string, number] => [`Y_${at}`, value]),
    ]);
    expect(property.disjuncts.some((disjunct) => contains(disjunct, x, y))).toBe(
      satisfied(expressions, point),
    );
  }
});

test('a million characters take well under a second', () => {
  const large = Array.from(
    { length: 8000 },
    (_, at) =>
      `(and (>= X_0 ${at / 8000}) (<= X_0 ${(at + 1) / 8000}) (or (<= Y_0 ${at}) (>= Y_0 ${at + 5})))`,
  );
  const text = `(declare-const X_0 Real)(declare-const Y_0 Real)(assert (or ${large.join('\n')}))`;
  // Processor time, which others on the machine do not lengthen; the fastest of three, the first of which also compiles.
  const times = [0, 1, 2].map(() => {
    const start = process.cpuUsage();
    expect(parseVnnlib(text, 'large.vnnlib').disjuncts).toHaveLength(16_000);
    return process.cpuUsage(start).user / 1e6;
  });
  expect(Math.min(...times) / (text.length / 1e6)).toBeLessThan(1);
});
