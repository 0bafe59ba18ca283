// Pieces of a value along one axis: one node for all of them.
import { int64 } from '../../base/tensor.js';
import { showDims, staticDim } from '../dims.js';
import { attribute, type Primitive } from '../primitive.js';
import { ProgramError } from '../program-error.js';
import { type Attributes, int, ints, only } from '../value.js';

const pieceOf = (attributes: Attributes) => {
  const [sizes, at] = [ints(attributes, 'sizes'), int(attributes, 'at')];
  const start = sizes.slice(0, at).reduce((sum, size) => sum + size, 0);
  return { axis: int(attributes, 'axis'), sizes, at, start, size: sizes[at] ?? 0 };
};

/** Piece `at` of an axis of fixed size that is cut into `sizes`. */
const piece: Primitive = {
  infer: (inputs, attributes) => {
    const x = only(inputs);
    const { axis, sizes, size } = pieceOf(attributes);
    const whole = sizes.reduce((sum, part) => sum + part, 0);
    if (whole !== staticDim(x.shape, axis) || sizes.some((part) => !(Number.isInteger(part) && part >= 0)))
      throw new ProgramError(`pieces [${sizes.join(', ')}] along axis ${axis} of ${showDims(x.shape)}`);
    return { dtype: x.dtype, shape: x.shape.with(axis, size) };
  },
  emit: (emitter, { attributes }, [input = '']) => {
    const { axis, sizes, at } = pieceOf(attributes);
    const names = emitter.once(`Split ${input} ${axis} ${sizes.join()}`, () =>
      emitter.node(
        'Split',
        [input, emitter.constant(int64(sizes))],
        { axis: attribute.int(axis) },
        sizes.length,
      ),
    );
    const name = names[at];
    if (name === undefined) throw new ProgramError('Split was emitted without its outputs');
    return name;
  },
  gradient: (p, value, dy) => {
    const x = only(value.inputs);
    const { axis, start, size } = pieceOf(value.attributes);
    const around = (count: number) => x.shape.map((_, along) => (along === axis ? count : 0));
    return [p.pad(dy, around(start), around(staticDim(x.shape, axis) - start - size), 0)];
  },
};

/** Movement of elements; nothing rounds. */
export const splitPrimitives = { piece } satisfies Record<string, Primitive>;
