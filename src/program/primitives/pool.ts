// Max pooling. Average pooling is a convolution by constant weights, so it needs no primitive of its own.
import { convOutputDims } from '../convolution.js';
import { staticDim } from '../dims.js';
import { attribute, type Emitter, type Primitive } from '../primitive.js';
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

/** Max pooling and the places of its maxima. The float32 kernel loses NaN (special-values.test.ts). */
export const poolPrimitives = { maxPool, maxPoolIndices } satisfies Record<string, Primitive>;
