// A transform as nodes in front of a model, whose input is then the parameters and the image behind them: search has gradients on the
// parameters, and bounds split them. The rounding of these nodes counts in proofs as that of the model's own does.
import { allNames, freshName } from '../fresh-names.js';
import type { ValueInfo } from '../graph.js';
import type { TypedModel, ValueType } from '../typed-model.js';
import { type Chain, createChain } from './chain.js';
import {
  blurReach,
  elementAt,
  leastBlur,
  middleOf,
  type ParameterName,
  type Perturbation,
  parametersOf,
  placeOf,
  radiansPerDegree,
  sizeOfImage,
} from './transform.js';
import { windowsOf } from './windows.js';

type Frame = {
  readonly chain: Chain;
  readonly perturbation: Perturbation;
  readonly batch: number | string;
  /** Elements of the image. */
  readonly size: number;
  /** Input of the perturbed model, [batch, parameters + size]. */
  readonly given: string;
  readonly names: readonly ParameterName[];
};

/** The model with the transform in front of its data input, which has one batch axis and is float32. */
export function perturbed(model: TypedModel, perturbation: Perturbation): TypedModel {
  const { input, graph } = model;
  const taken = allNames(graph);
  const given = freshName(`${input.name}_perturbed`, taken);
  const names = parametersOf(perturbation).map(({ name }) => name);
  const size = sizeOfImage(perturbation.image);
  const batch = input.shape[0] ?? 1;
  const chain = createChain(taken);
  const frame: Frame = { chain, perturbation, batch, size, given, names };
  const image = steps.reduce((now, step) => step(frame, now), elements(frame));
  const shape = chain.indices([0, ...input.shape.slice(1).map(Number)], [input.shape.length]);
  chain.add('Reshape', [clipped(frame, image), shape], input.shape, { name: input.name });
  const type: ValueType = { dtype: 'float32', shape: [batch, names.length + size] };
  const opset = Math.max(model.opsets.get('') ?? 0, 1);
  return {
    ...model,
    opsets: new Map([...model.opsets, ['', opset]]),
    graph: {
      ...graph,
      inputs: graph.inputs.map(
        (info): ValueInfo =>
          info.name === input.name ? { name: given, dtype: 'float32', shape: type.shape } : info,
      ),
      constants: new Map([...graph.constants, ...chain.constants]),
      nodes: [...chain.nodes, ...graph.nodes],
    },
    types: new Map([...model.types, ...chain.types, [given, type]]),
    input: { name: given, ...type },
  };
}

/** From an image [batch, size] to another. */
type Step = (frame: Frame, image: string) => string;

const axisOne = [['axis', { kind: 'int', value: 1 }]] as const;

const elements = ({ chain, names, size, given, batch }: Frame): string => {
  const places = chain.indices(
    Array.from({ length: size }, (_, at) => names.length + at),
    [size],
  );
  return chain.add('Gather', [given, places], [batch, size], { attributes: axisOne });
};

/** A parameter [batch, 1], or [batch, 1, 1]; undefined where the transform has none of that name. */
function parameter(
  { chain, names, given, batch }: Frame,
  name: ParameterName,
  axes: 1 | 2,
): string | undefined {
  const at = names.indexOf(name);
  if (at < 0) return undefined;
  const ones = new Array<number>(axes).fill(1);
  return chain.add('Gather', [given, chain.indices([at], ones)], [batch, ...ones], { attributes: axisOne });
}

/** Sums over the last of three axes: [batch, size, k] -> [batch, size]. */
function summed({ chain, batch, size }: Frame, terms: string, count: number): string {
  const ones = chain.constant(new Float32Array(count).fill(1), [count, 1]);
  const sums = chain.add('MatMul', [terms, ones], [batch, size, 1]);
  return chain.add('Reshape', [sums, chain.indices([0, size], [2])], [batch, size]);
}

/** Hat functions of the distance are the weights of bilinear interpolation. */
const moved: Step = (frame, image) => {
  const { chain, perturbation, batch, size } = frame;
  const { image: shape, transform } = perturbation;
  const [rotation, scaling, right, down] = (['rotation', 'scaling', 'right', 'down'] as const).map((name) =>
    parameter(frame, name, 2),
  );
  if (rotation === undefined && scaling === undefined && right === undefined) return image;
  const column = [batch, size, 1];
  const places = Array.from({ length: size }, (_, element) => placeOf(shape, element));
  const middle = { row: (shape.height - 1) / 2, column: (shape.width - 1) / 2 };
  const from = (along: 'row' | 'column', shift: string | undefined) => {
    const still = chain.constant(
      places.map((place) => place[along] - middle[along]),
      [1, size, 1],
    );
    return shift === undefined ? still : chain.add('Sub', [still, shift], column);
  };
  const turned = turn(frame, from('column', right), from('row', down), rotation);
  const looked = turned.map((value, at) => {
    const sized = scaling === undefined ? value : chain.add('Div', [value, scaling], column);
    return chain.add('Add', [sized, chain.constant([at === 0 ? middle.column : middle.row], [1])], column);
  });
  const windows = windowsOf(shape, transform);
  const count = windows.rows * windows.columns;
  const grid = (of: (element: number, k: number) => number) =>
    Float32Array.from({ length: size * count }, (_, at) => of(Math.floor(at / count), at % count));
  const rowOf = (element: number, k: number) => (windows.top[element] ?? 0) + Math.floor(k / windows.columns);
  const columnOf = (element: number, k: number) => (windows.left[element] ?? 0) + (k % windows.columns);
  const weights = [columnOf, rowOf].map((of, at) => hat(frame, looked[at] ?? '', grid(of), count));
  const weight = chain.add('Mul', weights, [batch, size, count]);
  const sources = grid((element, k) =>
    elementAt(shape, {
      channel: places[element]?.channel ?? 0,
      row: rowOf(element, k),
      column: columnOf(element, k),
    }),
  );
  const border = transform.border === 0 ? undefined : chain.constant([transform.border], [1]);
  const lessBorder = border === undefined ? image : chain.add('Sub', [image, border], [batch, size]);
  const near = chain.add(
    'Gather',
    [lessBorder, chain.indices(sources, [size, count])],
    [batch, size, count],
    {
      attributes: axisOne,
    },
  );
  const sum = summed(frame, chain.add('Mul', [weight, near], [batch, size, count]), count);
  return border === undefined ? sum : chain.add('Add', [sum, border], [batch, size]);
};

/** [x cos + y sin, y cos - x sin], each [batch, size, 1]; x and y themselves without rotation. */
function turn(
  { chain, batch, size }: Frame,
  x: string,
  y: string,
  degrees: string | undefined,
): [string, string] {
  if (degrees === undefined) return [x, y];
  const angle = chain.add('Mul', [degrees, chain.constant([radiansPerDegree], [1])], [batch, 1, 1]);
  const [cos, sin] = [chain.add('Cos', [angle], [batch, 1, 1]), chain.add('Sin', [angle], [batch, 1, 1])];
  const column = [batch, size, 1];
  const times = (a: string, b: string) => chain.add('Mul', [a, b], column);
  return [
    chain.add('Add', [times(x, cos), times(y, sin)], column),
    chain.add('Sub', [times(y, cos), times(x, sin)], column),
  ];
}

/** max(0, 1 - |at - place|): [batch, size, count]. */
function hat({ chain, batch, size }: Frame, at: string, places: Float32Array, count: number): string {
  const shape = [batch, size, count];
  const distance = chain.add(
    'Abs',
    [chain.add('Sub', [at, chain.constant(places, [1, size, count])], shape)],
    shape,
  );
  return chain.add('Relu', [chain.add('Sub', [chain.constant([1], [1]), distance], shape)], shape);
}

/** Weights are a softmax: exp(-d^2 / (2 s^2)), over their sum. */
const blurred: Step = (frame, image) => {
  const { chain, perturbation, batch, size } = frame;
  const { image: shape, transform } = perturbation;
  const blur = parameter(frame, 'blur', 2);
  if (blur === undefined || transform.blur === undefined) return image;
  const reach = blurReach(transform.blur);
  const side = 2 * reach + 1;
  const count = side * side;
  const offsets = Array.from(
    { length: count },
    (_, k) => [Math.floor(k / side) - reach, (k % side) - reach] as const,
  );
  const one = [batch, 1, 1];
  const deviation = chain.add('Max', [blur, chain.constant([leastBlur], [1])], one);
  const square = chain.add('Mul', [deviation, deviation], one);
  const halves = chain.constant(
    offsets.map(([r, c]) => -(r * r + c * c) / 2),
    [1, 1, count],
  );
  const exponents = chain.add('Div', [halves, square], [batch, 1, count]);
  const weights = chain.add('Softmax', [exponents], [batch, 1, count], {
    attributes: [['axis', { kind: 'int', value: 2 }]],
  });
  const sources = Array.from({ length: size }, (_, element) => {
    const { channel, row, column } = placeOf(shape, element);
    return offsets.map(([r, c]) =>
      elementAt(shape, {
        channel,
        row: Math.min(Math.max(row + r, 0), shape.height - 1),
        column: Math.min(Math.max(column + c, 0), shape.width - 1),
      }),
    );
  });
  const near = chain.add(
    'Gather',
    [image, chain.indices(sources.flat(), [size, count])],
    [batch, size, count],
    {
      attributes: axisOne,
    },
  );
  return summed(frame, chain.add('Mul', [weights, near], [batch, size, count]), count);
};

const contrasted: Step = (frame, image) => {
  const { chain, perturbation, batch, size } = frame;
  const contrast = parameter(frame, 'contrast', 1);
  if (contrast === undefined) return image;
  const middle = chain.constant(
    Array.from({ length: size }, (_, at) => middleOf(perturbation, at)),
    [1, size],
  );
  const shape = [batch, size];
  const stretched = chain.add('Mul', [chain.add('Sub', [image, middle], shape), contrast], shape);
  return chain.add('Add', [stretched, middle], shape);
};

const brightened: Step = (frame, image) => {
  const brightness = parameter(frame, 'brightness', 1);
  return brightness === undefined
    ? image
    : frame.chain.add('Add', [image, brightness], [frame.batch, frame.size]);
};

/** Between whole places the rectangle covers parts of pixels, so that search has a slope; they belong to no set. */
const occluded: Step = (frame, image) => {
  const { chain, perturbation, batch, size } = frame;
  const { occlusion } = perturbation.transform;
  const [top, left] = [parameter(frame, 'row', 1), parameter(frame, 'column', 1)];
  if (occlusion === undefined || top === undefined || left === undefined) return image;
  const shape = [batch, size];
  const [rows, columns] = [
    covered(frame, 'row', top, occlusion.size[0]),
    covered(frame, 'column', left, occlusion.size[1]),
  ];
  const hidden = chain.add('Mul', [rows, columns], shape);
  const change = chain.add('Sub', [chain.constant([occlusion.value], [1]), image], shape);
  return chain.add('Add', [image, chain.add('Mul', [hidden, change], shape)], shape);
};

/** 1 for elements from `start` on, `length` of them, else 0: [batch, size]. */
function covered(
  { chain, perturbation, batch, size }: Frame,
  along: 'row' | 'column',
  start: string,
  length: number,
): string {
  const shape = [batch, size];
  const places = Array.from({ length: size }, (_, element) => placeOf(perturbation.image, element)[along]);
  const at = chain.constant(places, [1, size]);
  const last = chain.constant(
    places.map((place) => place - (length - 1)),
    [1, size],
  );
  const before = chain.add('Relu', [chain.add('Sub', [start, at], shape)], shape);
  const behind = chain.add('Relu', [chain.add('Sub', [last, start], shape)], shape);
  const one = chain.constant([1], [1]);
  const left = chain.add('Sub', [chain.add('Sub', [one, before], shape), behind], shape);
  return chain.add('Relu', [left], shape);
}

const steps: readonly Step[] = [moved, blurred, contrasted, brightened, occluded];

const clipped = ({ chain, perturbation: { lower, upper }, batch, size }: Frame, image: string): string => {
  const shape = [batch, size];
  const isOne = lower.every((value) => value === lower[0]) && upper.every((value) => value === upper[0]);
  if (isOne) {
    const [least, most] = [chain.constant([lower[0] ?? 0], []), chain.constant([upper[0] ?? 0], [])];
    return chain.add('Clip', [image, least, most], shape);
  }
  const above = chain.add('Max', [image, chain.constant(lower, [1, size])], shape);
  return chain.add('Min', [above, chain.constant(upper, [1, size])], shape);
};
