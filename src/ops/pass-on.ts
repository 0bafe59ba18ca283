// Nodes without a rule run on ONNX Runtime as the file has them, at the operator set of programs.
import { UserError } from '../base/user-error.js';
import type { Node } from '../graph/graph.js';
import { CannotRaise, raised } from '../graph/raise/raise.js';
import { subgraphs, valuesRead } from '../graph/rename.js';
import type { TypedModel } from '../graph/typed-model.js';
import { programOpset } from '../program/emit.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';

/**
 * Outputs of a node, undefined where they are omitted or no tensors. Sequences, maps and optionals cannot be
 * values of a program, so the nodes that make those that this one reads come along, once for every node that reads them.
 */
export function passOn(
  p: Program,
  model: TypedModel,
  node: Node,
  lookUp: (name: string) => Value | undefined,
): readonly (Value | undefined)[] {
  const outputs = node.outputs.flatMap((name) => {
    const type = model.types.get(name);
    return type === undefined ? [] : [{ name, ...type }];
  });
  if (outputs.length === 0) return [];
  const nodes = withMakers(model, node, lookUp);
  const made = new Set(nodes.flatMap((each) => each.outputs));
  const inputs = [...new Set(nodes.flatMap(valuesRead))].filter((name) => !made.has(name));
  const missing = inputs.find((name) => lookUp(name) === undefined);
  if (missing !== undefined) throw unsupported(node, `its input "${missing}" is not a tensor`);
  const values = p.opaque(
    {
      type: node.type,
      nodes: nodes.flatMap((each) => atProgramOpset(model, each)),
      inputs,
      outputs,
      opsets: opsetsOf(model, nodes),
      origin: node,
    },
    inputs.flatMap((name) => lookUp(name) ?? []),
  );
  return node.outputs.map((name) => values[outputs.findIndex((output) => output.name === name)]);
}

/** The node, after those that make values for it that are no tensors. */
function withMakers(model: TypedModel, node: Node, lookUp: (name: string) => Value | undefined): Node[] {
  const found = new Set<Node>();
  const add = (each: Node): void => {
    for (const name of valuesRead(each)) {
      if (lookUp(name) !== undefined) continue;
      const maker = model.graph.nodes.find((other) => other.outputs.includes(name));
      if (maker !== undefined && !found.has(maker)) add(maker);
    }
    found.add(each);
  };
  add(node);
  return [...found];
}

function atProgramOpset(model: TypedModel, node: Node): Node[] {
  const opset = node.opset ?? model.opsets.get('') ?? 1;
  try {
    return raised(node, opset, (name) => model.types.get(name));
  } catch (error) {
    if (error instanceof CannotRaise)
      throw unsupported(
        node,
        `is of operator set ${opset} and cannot be written in ${programOpset}: ${error.message}`,
      );
    throw error;
  }
}

/** Of the domains that the nodes use, in subgraphs too. */
function opsetsOf(model: TypedModel, nodes: readonly Node[]): Map<string, number> {
  const domains = (node: Node): string[] => [
    node.domain,
    ...subgraphs(node).flatMap(({ nodes: inner }) => inner.flatMap(domains)),
  ];
  return new Map(nodes.flatMap(domains).map((domain) => [domain, model.opsets.get(domain) ?? 1]));
}

const unsupported = ({ name, type }: Node, problem: string): UserError =>
  new UserError('UNSUPPORTED_MODEL', {
    where: `node "${name}" (${type})`,
    problem,
    hint: 'this model can be inspected and run, but neither fuzzed nor bounded yet',
  });
