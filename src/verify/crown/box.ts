// One box of inputs, and how programs are fed with it.
import { float32, type Tensor } from '../../base/tensor.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Feeds } from '../../program/session.js';

/** One box, [...input] of the model's instance; with the center of the ball in it where `options.ball` says that there is one. */
export type Box = {
  readonly lower: Tensor<'float32'>;
  readonly upper: Tensor<'float32'>;
  readonly center?: Tensor<'float32'>;
};

/** In the shape of the model's input, under the names by which programs read it. */
export const feedsOfBox = ({ lower, upper, center }: Box, model: TypedModel): Feeds => ({
  lower: shaped(lower, model),
  upper: shaped(upper, model),
  ...(center && { center: shaped(center, model) }),
});

const shaped = ({ data }: Tensor<'float32'>, { input }: TypedModel) => float32(data, input.shape.map(Number));
