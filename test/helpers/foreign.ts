// Single foreign nodes for programs.
import type { Attribute } from '../../src/graph/graph.js';
import type { Foreign, Typed } from '../../src/program/value.js';

type Options = {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
  /** For each input position, whether it is given. */
  readonly given?: readonly boolean[];
};

/** A node of one input, unless `given` says otherwise. */
export function foreignNode(
  type: string,
  outputs: readonly Typed[],
  { attributes = {}, domain = '', given = [true] }: Options = {},
): Foreign {
  const inputs = given.map((present, at) => (present ? `in ${at}` : ''));
  const named = outputs.map(({ dtype, shape }, at) => ({ name: `out ${at}`, dtype, shape }));
  const node = { name: type, type, domain, inputs, attributes: new Map(Object.entries(attributes)) };
  return {
    type,
    nodes: [{ ...node, outputs: named.map(({ name }) => name) }],
    inputs: inputs.filter(Boolean),
    outputs: named,
    opsets: new Map([[domain, 1]]),
  };
}
