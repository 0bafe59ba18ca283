// Whether two models have the same structure and differ in their weights only, as VNN-LIB's `isomorphic-to` demands.
import { sameShape } from '../base/shape.js';
import type { Tensor } from '../base/tensor.js';
import type { Attribute, Graph, Model, Node } from './graph.js';

/** Of `model` to `reference`: the first that is found from the outputs up, in words; undefined where there is none. */
export function structuralDifference(
  reference: Pick<Model, 'graph'>,
  model: Pick<Model, 'graph'>,
): string | undefined {
  const [left, right] = [indexed(reference.graph), indexed(model.graph)];
  for (const side of ['inputs', 'outputs'] as const) {
    const [wanted, found] = [reference.graph[side].length, model.graph[side].length];
    if (wanted !== found) return `it has ${found} ${side}, the other ${wanted}`;
  }
  const matched = new Map<string, string>();
  const pending = reference.graph.outputs.map(
    ({ name }, at): Pair => [name, model.graph.outputs[at]?.name ?? ''],
  );
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [a, b] = pair;
    const known = matched.get(a);
    if (known !== undefined && known !== b)
      return `where the other reads "${a}", it reads "${b}" and "${known}"`;
    if (known !== undefined) continue;
    // Weights may be stored once or twice: that is no structure.
    if (left.makers.has(a)) matched.set(a, b);
    const found = differenceAt(left, right, pair);
    if (typeof found === 'string') return found;
    pending.push(...found);
  }
  const backward = new Set(matched.values());
  return backward.size === matched.size ? undefined : 'it shares a value that the other computes twice';
}

type Pair = readonly [reference: string, model: string];
type Indexed = { readonly graph: Graph; readonly makers: ReadonlyMap<string, Node> };

const indexed = (graph: Graph): Indexed => ({
  graph,
  makers: new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const))),
});

/** What is different, or the values that have to be compared next. */
function differenceAt(left: Indexed, right: Indexed, [a, b]: Pair): string | Pair[] {
  const [from, to] = [left.makers.get(a), right.makers.get(b)];
  if (from !== undefined && to !== undefined) return nodeDifference(from, to, [a, b]);
  if (from !== undefined || to !== undefined)
    return `${placeOf(right, b)}, the other has ${placeOf(left, a)}`;
  const [constant, other] = [left.graph.constants.get(a), right.graph.constants.get(b)];
  if (constant !== undefined && other !== undefined) return constantDifference(constant, other, b) ?? [];
  const inputAt = ({ graph }: Indexed, wanted: string) =>
    graph.inputs.findIndex(({ name }) => name === wanted);
  const same = constant === other && inputAt(left, a) === inputAt(right, b);
  return same ? [] : `${placeOf(right, b)}, the other has ${placeOf(left, a)}`;
}

function placeOf({ graph, makers }: Indexed, name: string): string {
  const node = makers.get(name);
  if (node !== undefined) return `node "${node.name}" (${node.type})`;
  if (graph.constants.has(name)) return `the weights "${name}"`;
  return name === '' ? 'an input that is left out' : `the input "${name}"`;
}

function nodeDifference(from: Node, to: Node, [a, b]: Pair): string | Pair[] {
  const where = `node "${to.name}" (${to.type})`;
  if (from.type !== to.type || from.domain !== to.domain)
    return `${where}, the other has node "${from.name}" (${from.type})`;
  if (from.outputs.indexOf(a) !== to.outputs.indexOf(b)) return `another output of ${where} is read`;
  if (from.inputs.length !== to.inputs.length)
    return `${where} has ${to.inputs.length} inputs, and ${from.inputs.length} in the other`;
  const names = new Set([...from.attributes.keys(), ...to.attributes.keys()]);
  const changed = [...names].find((name) => !alike(from.attributes.get(name), to.attributes.get(name)));
  if (changed !== undefined) return `${where} has another "${changed}"`;
  return from.inputs.map((name, at): Pair => [name, to.inputs[at] ?? '']);
}

/** Weights and their types are free, shapes are not; nor are whole numbers, which are shapes and axes. */
function constantDifference(from: Tensor, to: Tensor, name: string): string | undefined {
  if (!sameShape(from.shape, to.shape))
    return `"${name}" has shape [${to.shape.join(', ')}], and [${from.shape.join(', ')}] in the other`;
  const bothWhole = from.dtype === 'int64' && to.dtype === 'int64';
  const equal = !bothWhole || from.data.join() === to.data.join();
  return equal ? undefined : `"${name}" has other numbers`;
}

function alike(a: Attribute | undefined, b: Attribute | undefined): boolean {
  if (a === undefined || b === undefined || a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'tensor':
      return b.kind === 'tensor' && constantDifference(a.value, b.value, '') === undefined;
    case 'graph':
      return b.kind === 'graph' && structuralDifference({ graph: a.value }, { graph: b.value }) === undefined;
    case 'tensors':
    case 'graphs':
    case 'opaque':
      return true;
    default:
      return JSON.stringify(a.value) === JSON.stringify(b.value);
  }
}
