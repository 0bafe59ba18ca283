// The part of a network that a window of one of its values depends on, as a network of its own: same sums, fewer places.

import { int64, type Tensor } from '../../../base/tensor.js';
import type { Attribute, Node } from '../../../graph/graph.js';
import type { TypedModel, ValueType } from '../../../graph/typed-model.js';
import { sameDims } from '../../../program/dims.js';
import { isVariable, reachOf, readBy } from './reach.js';
import { clipped, croppedShape, hull, lengthOf, planeOf, sameWindow, type Window } from './window.js';

export type Cropped = {
  /** Values keep their names; its output is the window of the target. */
  readonly model: TypedModel;
  /** Of every value that the window depends on, the part that is left of it. */
  readonly windows: ReadonlyMap<string, Window>;
  /** Equal for equal networks: windows at other places of the same surroundings. */
  readonly key: string;
};

/**
 * @param model one instance
 * @returns undefined where the target is no image or depends on a value in another way than place by place, or on none
 */
export function cropModel(model: TypedModel, target: string, window: Window): Cropped | undefined {
  const windows = windowsOf(model, target, window);
  const input = windows?.get(model.input.name);
  if (windows === undefined || input === undefined || !isOneValue(model)) return undefined;
  const parts = model.graph.nodes.flatMap((node) => {
    const own = windows.get(outputIn(node, windows));
    return own === undefined ? [] : [cropNode(model, node, own, windows)];
  });
  const types = new Map(model.types);
  for (const [name, own] of windows) types.set(name, croppedType(model, name, own));
  const constants = new Map(model.graph.constants);
  for (const { added } of parts)
    for (const { constant, sliced, type } of added) {
      for (const [name, tensor] of constant) {
        constants.set(name, tensor);
        types.set(name, { dtype: tensor.dtype, shape: tensor.shape });
      }
      types.set(sliced, type);
    }
  const typed = (name: string) => ({ name, ...croppedType(model, name, windows.get(name) ?? window) });
  const nodes = parts.flatMap(({ before, node }) => [...before, node]);
  return {
    model: {
      ...model,
      types,
      input: typed(model.input.name),
      output: typed(target),
      graph: {
        ...model.graph,
        constants,
        nodes,
        inputs: [typed(model.input.name)],
        outputs: [typed(target)],
      },
    },
    windows,
    key: JSON.stringify([target, ...parts.map(({ key }) => key)]),
  };
}

/**
 * Of every value that a window of the target depends on, the places that are read, by whatever reads them.
 * @returns undefined where the target is no image or depends on a value in another way than place by place
 */
export function windowsOf(
  model: TypedModel,
  target: string,
  window: Window,
): Map<string, Window> | undefined {
  if (!hasPlane(model.types.get(target)?.shape ?? [])) return undefined;
  const windows = new Map([[target, window]]);
  for (const node of model.graph.nodes.toReversed()) {
    const own = windows.get(outputIn(node, windows));
    if (own === undefined) continue;
    const reach = reachOf(node, model);
    if (reach === undefined) return undefined;
    for (const name of node.inputs.filter((given) => isVariable(given, model))) {
      const shape = model.types.get(name)?.shape ?? [];
      const read = clipped(readBy(own, reach), shape);
      // Nothing but padding.
      if (!hasPlane(shape) || read.some((range) => lengthOf(range) <= 0)) return undefined;
      windows.set(name, hull(read, windows.get(name)));
    }
  }
  return windows;
}

/** Whether a row of data is the input, not one among others or with an axis more. */
const isOneValue = ({ input, types }: TypedModel): boolean =>
  sameDims(input.shape, types.get(input.name)?.shape ?? []);

/** The output of a node that is asked for, whichever it is. */
const outputIn = ({ outputs }: Node, windows: ReadonlyMap<string, Window>): string =>
  outputs.find((name) => windows.has(name)) ?? '';

/** [1, channels, height, width] */
const hasPlane = (shape: ValueType['shape']): boolean =>
  shape.length === 4 && shape[0] === 1 && planeOf(shape).every((length) => length > 0);

const croppedType = ({ types }: TypedModel, name: string, window: Window): ValueType => {
  const { dtype = 'float32', shape = [] } = types.get(name) ?? {};
  return { dtype, shape: croppedShape(shape, window) };
};

type Sliced = {
  readonly node: Node;
  readonly constant: readonly (readonly [string, Tensor])[];
  readonly sliced: string;
  readonly type: ValueType;
};

type Part = {
  readonly before: readonly Node[];
  readonly node: Node;
  readonly added: readonly Sliced[];
  readonly key: unknown;
};

function cropNode(model: TypedModel, node: Node, own: Window, windows: ReadonlyMap<string, Window>): Part {
  const reach = reachOf(node, model);
  if (reach === undefined) throw new RangeError(`node "${node.name}" has no windows`);
  const read = readBy(own, reach);
  const added: Sliced[] = [];
  const inputs = node.inputs.map((name, at) => {
    const present = windows.get(name);
    if (present === undefined || !isVariable(name, model)) return name;
    const wanted = clipped(read, model.types.get(name)?.shape ?? []);
    if (sameWindow(wanted, present)) return name;
    const slice = sliceOf(model, name, present, wanted, `${node.name}/window${at}`);
    added.push(slice);
    return slice.sliced;
  });
  const pads = reach.pads ? padsOf(read, model.types.get(node.inputs[0] ?? '')?.shape ?? []) : undefined;
  const attributes = pads === undefined ? node.attributes : withPads(node, pads);
  return {
    before: added.map((slice) => slice.node),
    node: { ...node, inputs, attributes },
    added,
    key: [
      own.map(lengthOf),
      pads,
      added.map(({ constant }) => constant.map(([, { data }]) => Array.from(data, Number))),
    ],
  };
}

/** Places that do not exist, on each side. */
function padsOf([rows, columns]: Window, shape: ValueType['shape']): number[] {
  const [height, width] = planeOf(shape);
  const missing = (number: number) => Math.max(0, number);
  return [
    missing(-rows.from),
    missing(-columns.from),
    missing(rows.to - height),
    missing(columns.to - width),
  ];
}

function withPads({ attributes }: Node, pads: readonly number[]): Node['attributes'] {
  const others = [...attributes].filter(([name]) => name !== 'pads' && name !== 'auto_pad');
  return new Map<string, Attribute>([...others, ['pads', { kind: 'ints', value: pads }]]);
}

/** A node that takes part of what is left of a value: several nodes may read windows of different sizes. */
function sliceOf(model: TypedModel, name: string, present: Window, wanted: Window, node: string): Sliced {
  const relative = (end: 'from' | 'to') =>
    wanted.map((range, axis) => range[end] - (present[axis]?.from ?? 0));
  const type = croppedType(model, name, wanted);
  const constant = [
    [`${node}/starts`, int64(relative('from'))],
    [`${node}/ends`, int64(relative('to'))],
    [`${node}/axes`, int64([-2, -1].map((axis) => axis + type.shape.length))],
  ] as const;
  return {
    node: {
      name: node,
      type: 'Slice',
      domain: '',
      inputs: [name, ...constant.map(([input]) => input)],
      outputs: [`${node}/out`],
      attributes: new Map(),
      opset: 13,
    },
    constant,
    sliced: `${node}/out`,
    type,
  };
}
