// Operators that kept their form and mean something else, or have no newer form.
import type { Node } from '../graph.js';
import {
  CannotRaise,
  number,
  type RaiseContext,
  type RaiseRule,
  text,
  withAttributes,
  withInputs,
} from './rule.js';

/** Up to opset 12 these saw a matrix: axes before `axis`, 1 by default, as rows and all others as columns. */
function overColumns({ node, typeOf, between }: RaiseContext): Node[] {
  const axis = number(node, 'axis') ?? 1;
  const rank = typeOf(node.inputs[0] ?? '')?.shape.length;
  const along = (value: number) => withAttributes(node, { axis: { kind: 'int', value } });
  if (axis === -1 || axis + 1 === rank) return [along(-1)];
  const [shape, flat, result] = [between('shape'), between('flat'), between('result')];
  const part = (type: string, inputs: readonly string[], output: string, attributes = new Map()): Node => ({
    name: `${node.name}/${type}`,
    type,
    domain: '',
    inputs,
    outputs: [output],
    attributes,
  });
  return [
    part('Shape', node.inputs, shape),
    part('Flatten', node.inputs, flat, new Map([['axis', { kind: 'int', value: axis }]])),
    { ...along(-1), inputs: [flat], outputs: [result] },
    part('Reshape', [result, shape], node.outputs[0] ?? ''),
  ];
}

function perChannel({ node }: RaiseContext): Node[] {
  if (number(node, 'spatial') === 0)
    throw new CannotRaise('it normalises every element by itself (spatial=0)');
  return [withInputs(node, node.inputs, ['spatial'])];
}

function inference({ node }: RaiseContext): Node[] {
  if (node.outputs.filter(Boolean).length > 1)
    throw new CannotRaise('it normalises by its batch, as in training');
  return [node];
}

const gridModes: Readonly<Record<string, string>> = { bilinear: 'linear', bicubic: 'cubic' };

function gridMode({ node }: RaiseContext): Node[] {
  const mode = text(node, 'mode') ?? 'bilinear';
  return [withAttributes(node, { mode: { kind: 'string', value: gridModes[mode] ?? mode } })];
}

function unshifted({ node }: RaiseContext): Node[] {
  return [
    withAttributes(node, { coordinate_transformation_mode: { kind: 'string', value: 'output_half_pixel' } }),
  ];
}

const impossible = (reason: string) => () => {
  throw new CannotRaise(reason);
};

export const meaningRules: readonly RaiseRule[] = [
  { types: ['BatchNormalization'], since: 9, raise: perChannel },
  { types: ['Scan'], since: 9, raise: impossible('its first form scanned batches of sequences') },
  { types: ['Hardmax', 'LogSoftmax', 'Softmax'], since: 13, raise: overColumns },
  { types: ['BatchNormalization'], since: 14, raise: inference },
  { types: ['RoiAlign'], since: 16, raise: unshifted },
  { types: ['GridSample'], since: 20, raise: gridMode },
  {
    types: ['GroupNormalization'],
    since: 21,
    raise: impossible('its first form scaled groups, not channels'),
  },
];
