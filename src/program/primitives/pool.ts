// Max pooling, and averages of whole channels. Other average pooling is a convolution by constant weights, so it needs no primitive of
// its own.
import { int64 } from '../../base/tensor.js';
import { convOutputDims } from '../convolution.js';
import { staticDim } from '../dims.js';
import { attribute, type Emitter, emitOne, type Primitive } from '../primitive.js';
import { ProgramError } from '../program-error.js';
import { type Attributes, ints, only, type Typed, type Value } from '../value.js';

function inferPool(inputs: readonly Value[], attributes: Attributes): Typed {
  const x = only(inputs);
  const channels = staticDim(x.shape, 1);
  const window = {
    strides: ints(attributes, 'strides'),
    pads: ints(attributes, 'pads'),
    dilations: ints(attributes, 'dilations'),
  };
  const shape = convOutputDims(x.shape, [channels, channels, ...ints(attributes, 'kernel')], {
    ...window,
    group: 1,
  });
  return { dtype: x.dtype, shape };
}

function emitPool(emitter: Emitter, value: Value, inputs: readonly string[], output: 0 | 1): string {
  const list = (key: string) => attribute.ints(ints(value.attributes, key));
  const names = emitter.node(
    'MaxPool',
    inputs,
    {
      kernel_shape: list('kernel'),
      strides: list('strides'),
      pads: list('pads'),
      dilations: list('dilations'),
    },
    output + 1,
  );
  const name = names[output];
  if (name === undefined) throw new ProgramError('MaxPool was emitted without its outputs');
  return name;
}

/** x [batch, c, ...s] -> [batch, c, ...o]. */
const maxPool: Primitive = {
  infer: inferPool,
  emit: (emitter, value, inputs) => emitPool(emitter, value, inputs, 0),
  gradient: (p, value, dy) => {
    const x = only(value.inputs);
    const flatInput = p.mergeInto(x, 0);
    const places = p.mergeInto(p.maxPoolIndices(value), 0);
    const flat = p.scatterElements(p.fillLike(flatInput, 0), places, p.mergeInto(dy, 0), 0);
    return [p.reshape(flat, x.shape)];
  },
};

/** Places of the greatest elements in the flattened input: int64, shaped as the pooled output. */
const maxPoolIndices: Primitive = {
  infer: (inputs, attributes) => ({ dtype: 'int64', shape: inferPool(inputs, attributes).shape }),
  emit: (emitter, value, inputs) => emitPool(emitter, value, inputs, 1),
};

/**
 * x [batch, c, ...s] -> [batch, c, ...1]. The mean of other axes takes what a convolution gives out of its blocked layout first: on the
 * example CNN that was a fifth of a batch's time. There is no kernel for float64.
 */
const globalAveragePool: Primitive = {
  infer: (inputs) => {
    const { dtype, shape } = only(inputs);
    if (shape.length < 3) throw new ProgramError(`no channels in a value with ${shape.length} axes`);
    return { dtype, shape: [...shape.slice(0, 2), ...shape.slice(2).map(() => 1)] };
  },
  emit: (emitter, { dtype, shape }, inputs) => {
    if (dtype === 'float32') return emitOne(emitter, 'GlobalAveragePool', inputs);
    const axes = shape.slice(2).map((_, axis) => axis + 2);
    return emitOne(emitter, 'ReduceMean', [...inputs, emitter.constant(int64(axes))]);
  },
  gradient: (p, value, dy) => {
    const x = only(value.inputs);
    const count = x.shape
      .slice(2)
      .reduce<number>((product, _, axis) => product * staticDim(x.shape, axis + 2), 1);
    return [p.expandLike(p.div(dy, count), x)];
  },
};

/** Max pooling and the places of its maxima, whose float32 kernel loses NaN (special-values.test.ts); means of channels. */
export const poolPrimitives = { maxPool, maxPoolIndices, globalAveragePool } satisfies Record<
  string,
  Primitive
>;
