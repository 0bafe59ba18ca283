// A backward program in two parts: vectors that depend on the box alone, computed once per box, and what is done for rows of
// coefficients. Vectors that several backward programs read belong to the first of them.
import type { Program } from '../../program/program.js';
import { reachable, type Value } from '../../program/value.js';

export type Stage = {
  /** Vectors that are computed in this stage, under the names by which backward programs read them. */
  readonly vectors: Readonly<Record<string, Value>>;
  /** The result for rows, in terms of inputs of those names and of earlier stages' names. */
  readonly result: Value;
  /** Replaces vectors of earlier stages by their inputs. */
  readEarlier(value: Value): Value;
};

/**
 * @param rows inputs of the program that have rows
 * @param known vectors of earlier stages and the inputs that stand for them; this stage's are added
 */
export function createStage(
  p: Program,
  result: Value,
  rows: ReadonlySet<Value>,
  known: Map<Value, Value>,
): Stage {
  const earlier = new Map(known);
  const values = reachable([result]);
  const vectors: Record<string, Value> = {};
  for (const vector of boundary(values, rows)) {
    if (known.has(vector)) continue;
    const name = `vector${vector.id}`;
    vectors[name] = vector;
    known.set(vector, p.input(name, vector.dtype, vector.shape));
  }
  return {
    vectors,
    result: p.rebuild(values, known)(result),
    readEarlier: (value) => p.rebuild(reachable([value]), earlier)(value),
  };
}

/** Values without rows that values with rows read; constants are compiled into the program. */
function boundary(values: readonly Value[], rows: ReadonlySet<Value>): Set<Value> {
  const withRows = new Set<Value>();
  const found = new Set<Value>();
  for (const value of values) {
    if (!rows.has(value) && !value.inputs.some((input) => withRows.has(input))) continue;
    withRows.add(value);
    for (const input of value.inputs)
      if (!withRows.has(input) && !input.isConstant && input.primitive !== 'input') found.add(input);
  }
  return found;
}
