// What relaxations lose at one point, which is a score of the neurons that they read: summed over all of a network it is what the bound
// misses of the value there.
import { zeros } from '../../../base/tensor.js';
import type { Step } from '../../../ops/relax-model.js';
import { staticSize } from '../../../program/dims.js';
import type { Program } from '../../../program/program.js';
import type { Value } from '../../../program/value.js';
import type { Neurons } from './neurons.js';

type Given = {
  readonly steps: ReadonlyMap<string, Step>;
  /** Coefficients [1, ...value] before steps replace them. */
  readonly observed: ReadonlyMap<string, Value>;
  /** Of every sub-problem: [1, ...] -> [batch, 1, ...]. */
  all(value: Value): Value;
  /** Values [batch, ...value] at the points of the sub-problems. */
  at(name: string): Value | undefined;
};

/** [batch, N]: 0 for elements that are not cut anywhere. */
export function cutLosses(p: Program, hidden: readonly Neurons[], given: Given): Value {
  const parts = hidden.map(({ name, readers, cuts, shape, size }) => {
    const value = given.at(name);
    const found =
      cuts === 'anywhere' && value ? readers.flatMap((reader) => lossOf(p, given, reader, shape) ?? []) : [];
    const sum = found.length > 0 ? found.reduce((one, other) => p.add(one, other)) : undefined;
    const influence = given.observed.get(name);
    if (cuts !== 'anywhere' || value === undefined) return none(p, size);
    // Elements that others' results mix: how much they matter at all.
    const loss = sum ?? (influence ? p.abs(given.all(influence)) : undefined);
    return loss === undefined ? none(p, size) : p.reshape(loss, ['batch', size]);
  });
  const like = parts.find(({ shape }) => shape[0] === 'batch');
  return p.concat(
    like
      ? parts.map((part) =>
          part.shape[0] === 'batch' ? part : p.repeatLike(p.reshape(part, [staticSize(part.shape)]), like),
        )
      : parts,
    1,
  );
}

const none = (p: Program, size: number): Value => p.constant(zeros('float32', [1, size]));

/** a y - (what stands for it) [batch, size]; undefined where elements of y do not belong to those of its inputs one by one. */
function lossOf(
  p: Program,
  { steps, observed, all, at }: Given,
  reader: string,
  shape: readonly number[],
): Value | undefined {
  const [step, a, y] = [steps.get(reader), observed.get(reader), at(reader)];
  if (step === undefined || a === undefined || y === undefined || step.reduce !== undefined) return undefined;
  const size = staticSize(shape);
  const flat = (value: Value) => p.reshape(value, ['batch', size]);
  const own = [y, ...step.parts.map(({ source }) => at(source))];
  if (own.some((value) => value === undefined || !isOf(value, shape))) return undefined;
  const magnitude = p.abs(a);
  const rows = flat(all(a));
  const lines = step.parts.map(({ source, back }) => {
    const value = at(source);
    return value ? p.mul(flat(all(back(a, magnitude))), flat(value)) : p.fillLike(rows, 0);
  });
  const vector = (value: Value) => all(p.add(p.mul(a, 0), value));
  const offset = step.offset && p.mul(rows, flat(vector(step.offset)));
  const gap = step.gap && p.neg(p.mul(flat(all(magnitude)), flat(vector(step.gap))));
  const terms = [...lines, ...(offset ? [offset] : []), ...(gap ? [gap] : [])];
  return terms.reduce((left, term) => p.sub(left, term), p.mul(rows, flat(y)));
}

const isOf = ({ shape: [, ...own] }: Value, shape: readonly number[]): boolean =>
  own.length === shape.length && own.every((size, axis) => size === shape[axis]);
