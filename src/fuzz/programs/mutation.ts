// The mutating part of the fuzzer's programs: a grid of parents and numbers becomes the children, within all limits.
import { greatestFinite } from '../../base/dtype.js';
import type { Dim, Dims } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Feeds } from '../../program/session.js';
import type { Value } from '../../program/value.js';
import { encodeLimits } from '../limits.js';
import type { Mutator, Parents } from '../mutators/mutator.js';
import type { FuzzTarget } from '../target.js';

/** Names of inputs that a program reads. */
export type Reads = Set<string>;

/** Each is an input of the program only if something asks for it. A box is a constant where all instances have the same. */
export function parentInputs(p: Program, { set }: FuzzTarget, parents: Dim, reads: Reads): Parents {
  const grid: Dims = [parents, 1, ...set.shape];
  const input = (name: string): Value => {
    reads.add(name);
    return p.input(name, 'float32', grid);
  };
  const oneBox = set.lower.shape[0] === 1;
  /** The rows of a table that all batches share: see `tablesOf`. */
  const row = (table: 'lower' | 'upper' | 'seeds', index: 'instance' | 'seed'): Value => {
    reads.add(index);
    const at = p.cast(p.input(index, 'int32', [parents]), 'int64');
    return p.reshape(p.gather(p.input(`${table}Table`, 'float32', [table, ...set.shape]), at, 0), grid);
  };
  const box = (name: 'lower' | 'upper'): Value =>
    oneBox ? p.reshape(p.constant(set[name]), [1, 1, ...set.shape]) : row(name, 'instance');
  return {
    get inputs() {
      return input('inputs');
    },
    get partners() {
      return input('partners');
    },
    get seeds() {
      return row('seeds', 'seed');
    },
    get lower() {
      return box('lower');
    },
    get upper() {
      return box('upper');
    },
    // The greatest float32 where it is wider: no change times infinity would be NaN.
    get width() {
      return p.min(p.sub(box('upper'), box('lower')), greatestFinite.float32);
    },
  };
}

/** The same parents at other inputs; spreading would read every input of the program. */
export const around = (parents: Parents, inputs: Value): Parents => ({
  inputs,
  get seeds() {
    return parents.seeds;
  },
  get partners() {
    return parents.partners;
  },
  get lower() {
    return parents.lower;
  },
  get upper() {
    return parents.upper;
  },
  get width() {
    return parents.width;
  },
});

/** What every batch may read of the input set, sent to each worker once. */
export const tablesOf = ({ set }: Pick<FuzzTarget, 'set'>): Feeds => ({
  seedsTable: set.seeds,
  ...(set.lower.shape[0] !== 1 && { lowerTable: set.lower, upperTable: set.upper }),
});

/** How many parents and columns a program takes; `single`: numbers per child, one column. */
export type Grid = 'any' | 'single' | 'one row';

/** Children of a grid, row after row: [batch, ...input]. */
export function encodeChildren(
  p: Program,
  target: FuzzTarget,
  mutator: Mutator,
  grid: Grid,
  reads: Reads,
): Value {
  const one = grid === 'one row';
  const [parents, columns]: [Dim, Dim] = one ? [1, 1] : ['batch', grid === 'single' ? 1 : 'columns'];
  const named = grid === 'any' ? 'parents' : parents;
  const perColumn = grid === 'any' && mutator.drawn === 'per column';
  const around = parentInputs(p, target, named, reads);
  reads.add('parameters');
  const parameters = p.input('parameters', 'float32', [perColumn ? 1 : named, columns, mutator.parameters]);
  const children = encodeLimits(
    p,
    target.domain,
    target.limits,
    around,
    mutator.encode(p, around, parameters),
  );
  return p.reshape(children, [one ? 1 : 'batch', ...target.set.shape]);
}
