// Values whose shape depends on data, not only on the batch size: types.shape is only what one run showed.
import type { Graph, Node } from './graph.js';

/** Inputs that say how large the result is, by operator. */
const sizeInputs: Readonly<Record<string, readonly number[]>> = {
  ConstantOfShape: [0],
  Expand: [1],
  OneHot: [1],
  Pad: [1, 3],
  Range: [0, 1, 2],
  Reshape: [1],
  Resize: [1, 2, 3],
  Slice: [1, 2, 3, 4],
  Split: [1],
  Tile: [1],
  TopK: [1],
  Upsample: [1],
};

/** As many results as the data has elements of some kind. */
const counting = new Set(['Compress', 'NonMaxSuppression', 'NonZero', 'Unique']);

/** The shape of the result is that of the first input, whatever the others are. */
const likeFirst = new Set(['ScatterElements', 'ScatterND']);

export type Variation = {
  /** Values whose shape depends on data. */
  readonly varying: ReadonlySet<string>;
  /** Values that depend on data, at least through the shape of another value. */
  readonly dependent: ReadonlySet<string>;
};

/** In the order of the graph's nodes, which is topological. */
export function variationOf(graph: Graph): Variation {
  const varying = new Set<string>();
  const dependent = new Set(graph.inputs.map(({ name }) => name));
  for (const node of graph.nodes) {
    const outputs = node.outputs.filter((name) => name !== '');
    if (variesBy(node, varying, dependent)) for (const name of outputs) varying.add(name);
    if (dependsBy(node, varying, dependent)) for (const name of outputs) dependent.add(name);
  }
  return { varying, dependent };
}

const readsSizeOnly = ({ type }: Node): boolean => type === 'Shape' || type === 'Size';

function variesBy(node: Node, varying: ReadonlySet<string>, dependent: ReadonlySet<string>): boolean {
  const sizes = (sizeInputs[node.type] ?? []).some((at) => dependent.has(node.inputs[at] ?? ''));
  if (sizes || readsSizeOnly(node)) return sizes;
  if (counting.has(node.type) && node.inputs.some((name) => dependent.has(name))) return true;
  const shaping = likeFirst.has(node.type) ? node.inputs.slice(0, 1) : node.inputs;
  return shaping.some((name) => varying.has(name));
}

const dependsBy = (node: Node, varying: ReadonlySet<string>, dependent: ReadonlySet<string>): boolean =>
  node.inputs.some((name) => (readsSizeOnly(node) ? varying : dependent).has(name)) ||
  // Nodes with graphs of their own read values that are not among their inputs.
  [...node.attributes.values()].some(({ kind }) => kind.startsWith('graph'));
