// The network with the sign of every neuron's input given: an affine function, of which points tell all there is to know.
import type { TypedModel } from '../../../../graph/typed-model.js';
import { lowerModel } from '../../../../ops/lower-model.js';
import { operatorOf } from '../../../../ops/operators/index.js';
import { compile } from '../../../../program/compile.js';
import { staticSize } from '../../../../program/dims.js';
import { Program } from '../../../../program/program.js';
import type { Runtime, Session } from '../../../../program/session.js';
import { reachable, type Value } from '../../../../program/value.js';
import { mapper } from '../../../../program/vmap.js';
import { elementsOf, type Neurons } from '../neurons.js';

/**
 * Points [n, input], `signs` [N] of 1 and -1 for all hidden elements, `elements` int64 [u] -> `output` [n, output] and `neurons` [n, u]: inputs
 * of the neurons among `elements`. Wherever the signs are right it is the network itself.
 * @param model one instance, of which all hidden values are split
 */
export function openFixed(model: TypedModel, hidden: readonly Neurons[], runtime: Runtime): Promise<Session> {
  const p = new Program();
  const one = p.input('one/point', 'float32', model.input.shape);
  const points = p.input('points', 'float32', ['batch', staticSize(model.input.shape)]);
  const signs = p.input('signs', 'float32', [elementsOf(hidden)]);
  const elements = p.input('elements', 'int64', ['u']);
  const { values, output } = lowerModel(p, model, one);
  const pieces = withPieces(p, model, hidden, values, signs);
  const run = mapper(p, new Map([[one, p.reshape(points, ['batch', ...model.input.shape])]]));
  const rows = (value: Value) => {
    const found = run(pieces(value));
    const all = found.mapped ? found.value : p.repeatLike(found.value, points);
    return p.reshape(all, ['batch', staticSize(value.shape)]);
  };
  const neurons = hidden.map(({ name, size }) => {
    const value = values.get(name);
    return value === undefined
      ? p.fillLike(p.repeatLike(p.slice(signs, 0, 0, size), points), 0)
      : rows(value);
  });
  return compile(p, { output: rows(output), neurons: p.gather(p.concat(neurons, 1), elements, 1) }, runtime);
}

/** Values with kinks replaced by the piece that belongs to the sign s of their input z: f(s z) = z s f(s), both pieces being lines through 0. */
function withPieces(
  p: Program,
  model: TypedModel,
  hidden: readonly Neurons[],
  values: ReadonlyMap<string, Value>,
  signs: Value,
): (value: Value) => Value {
  const kinked = new Set(
    model.graph.nodes.flatMap(({ type, domain, outputs }) =>
      operatorOf(type, domain)?.tightens === 'kink' ? outputs : [],
    ),
  );
  const replaced = new Map<Value, Value>();
  const rebuilt = (value: Value) => p.rebuild(reachable([value]), replaced)(value);
  let from = 0;
  for (const { name, size, shape, readers } of hidden) {
    const sign = p.reshape(p.slice(signs, 0, from, from + size), shape);
    from += size;
    const z = values.get(name);
    if (z === undefined) continue;
    const given = rebuilt(z);
    for (const reader of readers) {
      const result = values.get(reader);
      if (result === undefined || !kinked.has(reader)) continue;
      const atSign = p.rebuild(reachable([result]), new Map([[z, sign]]))(result);
      replaced.set(result, p.mul(given, p.mul(sign, atSign)));
    }
  }
  return rebuilt;
}
