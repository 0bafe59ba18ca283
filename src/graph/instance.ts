// One instance of a batched model: every open dimension counts the rows of a batch, and here there is one.
import { keptWith } from '../base/kept-with.js';
import type { TypedModel, ValueType } from './typed-model.js';

/** The model with all shapes static, as its file runs at batch size 1. */
export const instanceOf = keptWith((model: TypedModel): TypedModel => {
  const single = <T extends ValueType>(type: T): T => ({ ...type, shape: type.shape.map(atOneRow) });
  return {
    ...model,
    types: new Map([...model.types].map(([name, type]) => [name, single(type)])),
    input: single(model.input),
    output: single(model.output),
  };
});

/** `batch` is 1, `batch*4` is 4. */
const atOneRow = (dim: number | string): number =>
  typeof dim === 'number'
    ? dim
    : dim.split('*').reduce((product, part) => product * (/^\d+$/.test(part) ? Number(part) : 1), 1);
