// What a policy does to inputs before the model sees them, and the nodes that it takes for a certain model.
import type { DType } from '../base/dtype.js';
import { float32, type Tensor } from '../base/tensor.js';
import { UserError } from '../base/user-error.js';
import type { Attribute } from './graph.js';
import type { TypedModel, ValueType } from './typed-model.js';

/** What inputs are stated in, and what they are turned into: channels are the first axis behind the batch, or the last. */
export const layouts = ['nchw', 'nhwc', 'nhwc-to-nchw', 'nchw-to-nhwc'] as const;
export type Layout = (typeof layouts)[number];

/** A number, or one for each channel. */
export type PerChannel = number | readonly number[];

/**
 * x_model = layout((x * scale - mean) / std), in this order, each operation in float32 as ONNX defines it; then cast to the
 * type of the model's input. What is left out is not computed. The layout is `nchw` where it is left out.
 */
export type Preprocessing = {
  readonly scale?: number | undefined;
  readonly mean?: PerChannel | undefined;
  readonly std?: PerChannel | undefined;
  readonly layout?: Layout | undefined;
};

/** One node to be. */
export type Step = {
  readonly word: string;
  readonly type: 'Mul' | 'Sub' | 'Div' | 'Transpose' | 'Cast';
  /** Second operand. */
  readonly constant?: Tensor;
  readonly attribute?: readonly [name: string, value: Attribute];
  readonly result: ValueType;
};

/** ONNX's numbers (TensorProto.DataType) of the types that float32 can be cast to. */
const castTargets: Partial<Record<DType, number>> = {
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
};

type DataInput = TypedModel['input'];

/**
 * The nodes in order, the first of which takes float32 of `statedShape`.
 * @param where the policy's position, for errors
 * @throws UserError INVALID_POLICY where the steps do not fit the input, UNSUPPORTED_MODEL where nothing casts to its type
 */
export function stepsOf(input: DataInput, how: Preprocessing, where: string): Step[] {
  if (isMoved(how.layout) && input.shape.length < 3) {
    const problem = `layout: ${how.layout}, but input ${shown(input)} has no channels to move`;
    throw unfit(where, problem, 'leave out "layout"');
  }
  const shape = statedShape(input.shape, how.layout);
  const arithmetic = (word: 'scale' | 'mean' | 'std', type: Step['type']): Step[] => {
    const value = how[word];
    if (value === undefined) return [];
    requireChannels(value, word, { ...input, shape }, how.layout, where);
    return [
      {
        word,
        type,
        constant: constantOf(value, shape.length, how.layout),
        result: { dtype: 'float32', shape },
      },
    ];
  };
  return [
    ...arithmetic('scale', 'Mul'),
    ...arithmetic('mean', 'Sub'),
    ...arithmetic('std', 'Div'),
    ...moveStep(input, how.layout),
    ...castStep(input, where),
  ];
}

const isMoved = (layout: Layout | undefined): boolean =>
  layout === 'nhwc-to-nchw' || layout === 'nchw-to-nhwc';

/** Axes of the stated input in the order of the model's. */
function permutation(layout: Layout | undefined, rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  if (layout === 'nhwc-to-nchw') return [0, rank - 1, ...axes.slice(1, -1)];
  return layout === 'nchw-to-nhwc' ? [0, ...axes.slice(2), 1] : axes;
}

/** The shape that the layout turns into `shape`: the model's axis number k was axis perm[k] before. */
export function statedShape<T>(shape: readonly T[], layout: Layout | undefined): T[] {
  const perm = permutation(layout, shape.length);
  return shape.map((_, axis) => shape[perm.indexOf(axis)] as T);
}

const isLast = (layout: Layout | undefined): boolean => layout === 'nhwc' || layout === 'nhwc-to-nchw';

function requireChannels(
  value: PerChannel,
  word: string,
  stated: DataInput,
  layout: Layout | undefined,
  where: string,
): void {
  if (typeof value === 'number') return;
  const axis = isLast(layout) ? stated.shape.length - 1 : 1;
  const channels = axis === 0 ? undefined : stated.shape[axis];
  if (channels === value.length) return;
  const found = channels === undefined ? 'no channels' : `${channels} channels (axis ${axis})`;
  const problem = `${word} has ${value.length} numbers, but input ${shown(stated)} has ${found}`;
  throw unfit(
    where,
    problem,
    'give one number for all, or one for each; "layout: nhwc" says that channels are last',
  );
}

/** Broadcasts along the channels: [], or [C] where they are last, [C, 1, ...] where they are first. */
function constantOf(value: PerChannel, rank: number, layout: Layout | undefined): Tensor {
  if (typeof value === 'number') return float32([value], []);
  const behind = isLast(layout) ? 0 : rank - 2;
  return float32(value, [value.length, ...new Array<number>(behind).fill(1)]);
}

function moveStep({ shape }: DataInput, layout: Layout | undefined): Step[] {
  if (!isMoved(layout)) return [];
  const perm = permutation(layout, shape.length);
  return [
    {
      word: 'layout',
      type: 'Transpose',
      attribute: ['perm', { kind: 'ints', value: perm }],
      result: { dtype: 'float32', shape },
    },
  ];
}

function castStep({ dtype, shape, name }: DataInput, where: string): Step[] {
  if (dtype === 'float32') return [];
  const to = castTargets[dtype];
  if (to === undefined) {
    throw new UserError('UNSUPPORTED_MODEL', {
      where,
      problem: `preprocess: input "${name}" has type ${dtype}, to which numbers cannot be cast`,
      hint: 'export the model with a float32 input',
    });
  }
  const attribute = ['to', { kind: 'int', value: to }] as const;
  return [{ word: 'cast', type: 'Cast', attribute, result: { dtype, shape } }];
}

const shown = ({ name, shape }: DataInput): string => `"${name}" [${shape.join(', ')}]`;

const unfit = (where: string, problem: string, hint: string): UserError =>
  new UserError('INVALID_POLICY', { where, problem: `preprocess: ${problem}`, hint });
