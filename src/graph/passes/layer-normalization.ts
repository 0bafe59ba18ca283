// LayerNormalization as exporters wrote it before opset 17: mean, difference, mean of squares, square root, quotient.

import { sizeOf } from '../../base/shape.js';
import type { Tensor } from '../../base/tensor.js';
import { float32, toNumbers } from '../../base/tensor.js';
import { allNames, freshName } from '../fresh-names.js';
import type { Node } from '../graph.js';
import type { TypedModel } from '../typed-model.js';
import { otherInput, type Search, searchOf } from './search.js';

/** What the idiom computes, up to the quotient or up to scale and shift. */
type Normalized = {
  readonly x: string;
  /** First axis that is normalised; all after it are, too. */
  readonly axis: number;
  readonly epsilon: number;
  readonly scale: string | undefined;
  readonly shift: string | undefined;
};

/**
 * Every node that completes the idiom, with or without scale and shift, becomes a LayerNormalization of the same value. The
 * nodes before it stay: what they compute can be asked for as before, and what nobody asks for costs nothing.
 */
export function layerNormalization(model: TypedModel): TypedModel {
  const search = searchOf(model);
  const taken = allNames(model.graph);
  const constants = new Map(model.graph.constants);
  const types = new Map(model.types);
  const ones = (shape: readonly number[]): string => {
    const name = freshName(`ones ${shape.join('x')}`, taken);
    constants.set(name, float32(new Float32Array(sizeOf(shape)).fill(1), shape));
    types.set(name, { dtype: 'float32', shape });
    return name;
  };
  const nodes = model.graph.nodes.map((node): Node => {
    const found = completedBy(search, node);
    if (found === undefined) return node;
    const { x, axis, epsilon, scale, shift } = found;
    return {
      ...node,
      type: 'LayerNormalization',
      inputs: [x, scale ?? ones(normalizedShape(search, x, axis)), ...(shift === undefined ? [] : [shift])],
      attributes: new Map([
        ['axis', { kind: 'int', value: axis }],
        ['epsilon', { kind: 'float', value: epsilon }],
      ]),
      opset: 17,
    };
  });
  return { ...model, types, graph: { ...model.graph, constants, nodes } };
}

function completedBy(search: Search, { type, domain, outputs }: Node): Normalized | undefined {
  const [output = ''] = outputs;
  if (domain !== '') return undefined;
  if (type === 'Div') return quotient(search, output);
  if (type === 'Mul') return scaled(search, output);
  return type === 'Add' ? shifted(search, output) : undefined;
}

function shifted(search: Search, name: string): Normalized | undefined {
  return withParameter(search, name, 'Add', (inner, shift) => {
    const before = scaled(search, inner) ?? quotient(search, inner);
    return before && { ...before, shift };
  });
}

function scaled(search: Search, name: string): Normalized | undefined {
  return withParameter(search, name, 'Mul', (inner, scale) => {
    const before = quotient(search, inner);
    return before && { ...before, scale };
  });
}

/** A constant parameter in the shape of the axes that are normalised, next to what `before` finds. */
function withParameter(
  search: Search,
  name: string,
  type: 'Add' | 'Mul',
  before: (inner: string, parameter: string) => Normalized | undefined,
): Normalized | undefined {
  const node = search.maker(name, type);
  const inner = node && otherInput(node, (input) => search.constant(input) !== undefined);
  const parameter = node?.inputs.find((input) => input !== inner);
  if (inner === undefined || parameter === undefined) return undefined;
  const found = before(inner, parameter);
  const shape = found && normalizedShape(search, found.x, found.axis);
  return shape?.join() === search.constant(parameter)?.shape.join() ? found : undefined;
}

/** (x - mean) / sqrt(mean((x - mean)^2) + epsilon) */
function quotient(search: Search, name: string): Normalized | undefined {
  const [difference = '', root = ''] = search.maker(name, 'Div')?.inputs ?? [];
  const centred = centre(search, difference);
  const sum = search.maker(search.maker(root, 'Sqrt')?.inputs[0] ?? '', 'Add');
  const variance = sum && otherInput(sum, (input) => search.number(input) !== undefined);
  const epsilon = search.number(sum?.inputs.find((input) => input !== variance) ?? '');
  const mean = variance === undefined ? undefined : meanOf(search, variance);
  const squared = mean && squareRootOf(search, mean.of);
  // Some exporters compute the difference twice.
  const again = squared === undefined ? undefined : centre(search, squared);
  if (centred === undefined || again === undefined || epsilon === undefined) return undefined;
  if (again.x !== centred.x || again.axis !== centred.axis || mean?.axis !== centred.axis) return undefined;
  return { ...centred, epsilon, scale: undefined, shift: undefined };
}

/** x - mean(x) */
function centre(search: Search, name: string): { readonly x: string; readonly axis: number } | undefined {
  const [x = '', subtracted = ''] = search.maker(name, 'Sub')?.inputs ?? [];
  const mean = meanOf(search, subtracted);
  return mean?.of === x && search.typeOf(x)?.dtype === 'float32' ? { x, axis: mean.axis } : undefined;
}

/** What is squared. */
function squareRootOf(search: Search, name: string): string | undefined {
  const [base, exponent = ''] = search.maker(name, 'Pow', 'Mul')?.inputs ?? [];
  if (search.maker(name, 'Mul') !== undefined) return base === exponent ? base : undefined;
  return search.number(exponent) === 2 ? base : undefined;
}

/** A mean over all axes from one on, which stay with size 1. */
function meanOf(search: Search, name: string): { readonly of: string; readonly axis: number } | undefined {
  const node = search.maker(name, 'ReduceMean');
  const keeps = node?.attributes.get('keepdims');
  const [of = ''] = node?.inputs ?? [];
  const rank = search.typeOf(of)?.shape.length;
  if (node === undefined || rank === undefined || (keeps?.kind === 'int' && keeps.value !== 1))
    return undefined;
  const axes = (axesOf(search, node) ?? [])
    .map((axis) => (axis < 0 ? axis + rank : axis))
    .sort((a, b) => a - b);
  const [axis = rank] = axes;
  return axes.length > 0 && axes.length === rank - axis && new Set(axes).size === axes.length
    ? { of, axis }
    : undefined;
}

function axesOf(search: Search, node: Node): readonly number[] | undefined {
  const written = node.attributes.get('axes');
  if (written?.kind === 'ints') return written.value;
  const given: Tensor | undefined = search.constant(node.inputs[1] ?? '');
  return given && toNumbers(given);
}

const normalizedShape = (search: Search, x: string, axis: number): number[] =>
  (search.typeOf(x)?.shape ?? []).slice(axis).map(Number);
