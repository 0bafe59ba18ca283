// Values that interval bounds prove finite on a whole input set: the fuzzer need not watch them at every execution.
import type { TypedModel } from '../graph/typed-model.js';
import { boundModel } from '../ops/bound-model.js';
import { finite, type Interval } from '../ops/interval.js';
import { Unbounded } from '../ops/operator.js';
import { createRounding } from '../ops/rounding.js';
import { compile } from '../program/compile.js';
import { Program } from '../program/program.js';
import type { Runtime } from '../program/session.js';
import type { Value } from '../program/value.js';
import type { Boxes } from './ibp.js';

/**
 * Names of values of the deployed float32 graph that are never NaN or infinite in the box.
 * @param hull one box, [1, ...input]
 */
export async function provablyFinite(
  model: TypedModel,
  hull: Boxes,
  runtime: Runtime,
): Promise<ReadonlySet<string>> {
  const p = new Program();
  const { shape } = model.input;
  const input = { lower: p.input('lower', 'float32', shape), upper: p.input('upper', 'float32', shape) };
  const bounded = boundModel(p, model, input, createRounding('float32', 'deployed'));
  const names = model.graph.nodes.flatMap(({ outputs }) => outputs).filter((name) => name !== '');
  const tests = names.flatMap((name) => {
    const bounds = known(() => bounded.bounds(name));
    return bounds === undefined ? [] : [{ name, holds: everywhere(p, bounds) }];
  });
  if (tests.length === 0) return new Set();
  const outputs = Object.fromEntries(tests.map(({ holds }, at) => [`t${at}`, holds]));
  // Both bounds take part whether or not a test reads them, so that every program has the same inputs.
  const session = await compile(
    p,
    { ...outputs, low: p.neg(input.lower), high: p.neg(input.upper) },
    runtime,
  );
  const results = await session.run({ lower: hull.lower, upper: hull.upper });
  return new Set(tests.filter((_, at) => Number(results[`t${at}`]?.data[0]) === 1).map(({ name }) => name));
}

function known(bounds: () => Interval): Interval | undefined {
  try {
    return bounds();
  } catch (error) {
    if (error instanceof Unbounded) return undefined;
    throw error;
  }
}

/** 1 where all elements are proved finite, else 0: one number. */
function everywhere(p: Program, bounds: Interval): Value {
  const holds = p.cast(finite(p, bounds), 'float32');
  return p.reshape(
    p.reduceMin(
      holds,
      holds.shape.map((_, axis) => axis),
    ),
    [1],
  );
}
