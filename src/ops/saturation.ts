// Products of 8-bit numbers that some processors get wrong. ONNX Runtime fuses DequantizeLinear, a product and QuantizeLinear into
// integer kernels. On x64 without VNNI these add two products of an unsigned and a signed byte in 16 bits, which saturate
// (VPMADDUBSW; onnxruntime.ai, "Quantize ONNX models", on reduce_range): up to 2 * 255 * 64 always fits, more may not.

import { toNumbers } from '../base/tensor.js';
import type { Graph, Node } from '../graph/graph.js';
import type { TypedModel } from '../graph/typed-model.js';

/** Greatest magnitude of 8-bit weights of which no two products saturate. */
export const greatestSafeWeight = 64;

/** Those whose fused kernels multiply bytes. */
const products: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Einsum', 'Gemm', 'MatMul']);

/** ONNX Runtime moves DequantizeLinear past these. */
const movements: ReadonlySet<string> = new Set([
  ...['Concat', 'Expand', 'Flatten', 'Gather', 'GatherElements', 'GatherND', 'Identity', 'MaxPool', 'Pad'],
  ...['Reshape', 'Slice', 'Split', 'Squeeze', 'Tile', 'Transpose', 'Unsqueeze'],
]);

/** Nodes whose result may depend on the processor by far more than rounding. */
export function saturatingNodes(model: TypedModel): ReadonlySet<Node> {
  const { graph } = model;
  if (!graph.nodes.some(({ type }) => type === 'DequantizeLinear')) return new Set();
  const sources = sourcesIn(graph);
  return new Set(
    graph.nodes.filter(({ type, inputs }) => {
      if (!products.has(type)) return false;
      const operands = inputs.map((name) => sources(name));
      const quantised = operands.filter((found) => found.length > 0).length;
      return quantised > 1 && operands.slice(1).some((found) => found.some((name) => isWide(model, name)));
    }),
  );
}

/** Values that DequantizeLinear makes a value of, without arithmetic in between. */
function sourcesIn(graph: Graph): (name: string) => readonly string[] {
  const found = new Map<string, readonly string[]>();
  for (const { type, inputs, outputs } of graph.nodes) {
    const of =
      type === 'DequantizeLinear'
        ? inputs.slice(0, 1)
        : movements.has(type)
          ? inputs.flatMap((name) => found.get(name) ?? [])
          : [];
    for (const name of outputs) found.set(name, of);
  }
  return (name) => found.get(name) ?? [];
}

/** Signed bytes that are, or may be, beyond what is safe. */
function isWide({ graph, folded, types }: TypedModel, name: string): boolean {
  const constant = graph.constants.get(name) ?? folded.get(name);
  if ((constant?.dtype ?? types.get(name)?.dtype) !== 'int8') return false;
  return (
    constant === undefined || toNumbers(constant).some((weight) => Math.abs(weight) > greatestSafeWeight)
  );
}
