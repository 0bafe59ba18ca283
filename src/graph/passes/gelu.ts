// Gelu as exporters wrote it before opset 20: x Phi(x) by Erf, or its approximation by Tanh.
import type { Node } from '../graph.js';
import type { TypedModel } from '../typed-model.js';
import { near, otherInput, type Search, sameType, searchOf } from './search.js';

type Gate = { readonly x: string; readonly approximate: 'none' | 'tanh' };

/** Products of more factors than exporters write are not looked through. */
const greatestDepth = 4;

/**
 * Every Mul that completes the idiom becomes a Gelu of the same value. The nodes before it stay: what they compute can be
 * asked for as before, and what nobody asks for costs nothing.
 */
export function gelu(model: TypedModel): TypedModel {
  const search = searchOf(model);
  const nodes = model.graph.nodes.map((node) => fused(search, node) ?? node);
  return { ...model, graph: { ...model.graph, nodes } };
}

function fused(search: Search, node: Node): Node | undefined {
  const [output = ''] = node.outputs;
  if (node.type !== 'Mul' || node.domain !== '' || search.typeOf(output)?.dtype !== 'float32')
    return undefined;
  for (const factor of factors(search, output)) {
    const gate = gateOf(search, factor);
    if (gate === undefined || !sameType(search, gate.x, output)) continue;
    // x may be a product itself.
    const names = factors(search, output, gate.x);
    const others = names.filter((name) => search.number(name) === undefined).sort();
    const half = names.reduce((product, name) => product * (search.number(name) ?? 1), 1);
    if (half === 0.5 && others.join() === [factor, gate.x].sort().join())
      return {
        ...node,
        type: 'Gelu',
        inputs: [gate.x],
        attributes: new Map([['approximate', { kind: 'string', value: gate.approximate }]]),
        opset: 20,
      };
  }
  return undefined;
}

/** What is multiplied to make a value; `whole` is not taken apart. */
function factors(search: Search, name: string, whole?: string, depth = greatestDepth): string[] {
  const product = name === whole || depth === 0 ? undefined : search.maker(name, 'Mul');
  return product === undefined
    ? [name]
    : product.inputs.flatMap((input) => factors(search, input, whole, depth - 1));
}

/** 1 + erf(x / sqrt 2), or 1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)). */
function gateOf(search: Search, name: string): Gate | undefined {
  const sum = search.maker(name, 'Add');
  const curve = sum && otherInput(sum, (input) => near(search.number(input), 1));
  if (curve === undefined) return undefined;
  const erf = search.maker(curve, 'Erf');
  if (erf !== undefined) {
    const x = scaled(search, erf.inputs[0] ?? '', Math.SQRT1_2);
    return x === undefined ? undefined : { x, approximate: 'none' };
  }
  const tanh = search.maker(curve, 'Tanh');
  const inner = tanh && scaled(search, tanh.inputs[0] ?? '', Math.sqrt(2 / Math.PI));
  const x = inner === undefined ? undefined : beforeCubic(search, inner);
  return x === undefined ? undefined : { x, approximate: 'tanh' };
}

/** The value that is multiplied with a number, or divided by its inverse. */
function scaled(search: Search, name: string, by: number): string | undefined {
  const product = search.maker(name, 'Mul');
  if (product !== undefined) return otherInput(product, (input) => near(search.number(input), by));
  const [x, divisor = ''] = search.maker(name, 'Div')?.inputs ?? [];
  return near(search.number(divisor), 1 / by) ? x : undefined;
}

/** x of x + 0.044715 x^3. */
function beforeCubic(search: Search, name: string): string | undefined {
  const sum = search.maker(name, 'Add');
  if (sum === undefined) return undefined;
  const isCubicOf = (x: string) => (term: string) => {
    const names = factors(search, term, x);
    const scale = names.reduce((product, each) => product * (search.number(each) ?? 1), 1);
    const rest = names.filter((each) => search.number(each) === undefined);
    return near(scale, 0.044715) && rest.reduce((sum, each) => sum + powerOf(search, each, x), 0) === 3;
  };
  const [a = '', b = ''] = sum.inputs;
  if (isCubicOf(a)(b)) return a;
  return isCubicOf(b)(a) ? b : undefined;
}

/** n where the value is x^n; otherwise not a number. */
function powerOf(search: Search, name: string, x: string): number {
  if (name === x) return 1;
  const [base, exponent = ''] = search.maker(name, 'Pow')?.inputs ?? [];
  return base === x ? (search.number(exponent) ?? Number.NaN) : Number.NaN;
}
