// A node at its model's operator set -> the same at the operator set of programs. ONNX Runtime reads every node of a model, those
// of its subgraphs and local functions too, at the one operator set of the model, whatever a function imports
// (seen in 1.30: a Softmax of opset 11 in a function of opset 11 normalises as opset 13 does).
import type { Graph, Node } from '../graph.js';
import { mapGraphs } from '../rename.js';
import { inputRules } from './inputs.js';
import { meaningRules } from './meanings.js';
import { operatorRules } from './operators.js';
import type { RaiseContext, RaiseRule } from './rule.js';

export { CannotRaise } from './rule.js';

/** Oldest first, since one node may be changed by several. */
const rules: readonly RaiseRule[] = [...operatorRules, ...inputRules, ...meaningRules].sort(
  (a, b) => a.since - b.since,
);

/**
 * Nodes that compute at operator set 21 what `node` computes at `opset`; of its outputs, all keep their names. Nodes of other
 * domains, and of newer sets, stay. Throws CannotRaise.
 */
export function raised(node: Node, opset: number, typeOf: RaiseContext['typeOf']): Node[] {
  if (rules.every(({ since }) => opset >= since)) return [node];
  const unknown = () => undefined;
  const inner = (graph: Graph): Graph => ({
    ...graph,
    nodes: graph.nodes.flatMap((each) => raised(each, opset, unknown)),
  });
  const outer = { ...node, attributes: mapGraphs(node.attributes, inner) };
  if (node.domain !== '') return [outer];
  let nodes: Node[] = [outer];
  for (const rule of rules)
    if (opset < rule.since) nodes = nodes.flatMap((each) => applied(rule, each, typeOf));
  return nodes;
}

function applied(rule: RaiseRule, node: Node, typeOf: RaiseContext['typeOf']): readonly Node[] {
  if (!rule.types.includes(node.type)) return [node];
  const constants: Node[] = [];
  // Results are unique in a graph and those around it, so what is named after them is, too.
  const between = (role: string) => `${node.outputs.find(Boolean) ?? node.name}/${role}`;
  const constant: RaiseContext['constant'] = (role, value) => {
    const name = between(role);
    const attributes = new Map([['value', { kind: 'tensor', value } as const]]);
    constants.push({ name, type: 'Constant', domain: '', inputs: [], outputs: [name], attributes });
    return name;
  };
  const nodes = rule.raise({ node, typeOf, constant, between });
  return [...constants, ...nodes];
}
