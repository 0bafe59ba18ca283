// Properties as text over small models, decided.
import { noDeadline } from '../../src/base/deadline.js';
import { float32 } from '../../src/base/tensor.js';
import type { Model } from '../../src/graph/graph.js';
import { parseVnnlib } from '../../src/policy/vnnlib/parse.js';
import { type DecideOptions, decide, type Problem } from '../../src/verify/decide.js';
import { opened } from './opened.js';
import { inline } from './programs.js';

/** VNN-LIB 1.0 of so many inputs, each in the range, and outputs; the rest as assertions. */
export const vnnlib = (
  inputs: number,
  outputs: number,
  [low, high]: readonly [number | string, number | string],
  ...assertions: readonly string[]
): string =>
  [
    ...Array.from({ length: inputs }, (_, at) => `(declare-const X_${at} Real)`),
    ...Array.from({ length: outputs }, (_, at) => `(declare-const Y_${at} Real)`),
    ...Array.from(
      { length: inputs },
      (_, at) => `(assert (>= X_${at} ${low})) (assert (<= X_${at} ${high}))`,
    ),
    ...assertions.map((assertion) => `(assert ${assertion})`),
  ].join('\n');

export async function problemOf(file: Model, property: string): Promise<Problem> {
  const { model, run } = await opened(file);
  const shape = [1, ...model.input.shape.slice(1).map(Number)];
  const { disjuncts } = parseVnnlib(property, 'test.vnnlib');
  return { model, disjuncts, run: (input) => run(float32(input, shape)) };
}

export const decideOptions: DecideOptions = {
  arithmetic: 'deployed',
  memoryBytes: 2 ** 28,
  deadline: noDeadline,
  timeoutMs: 2000,
  seed: 1,
  clock: () => performance.now(),
};

export const decided = async (file: Model, property: string, options: Partial<DecideOptions> = {}) =>
  decide(await problemOf(file, property), { ...decideOptions, ...options }, { pool: inline, inline });
