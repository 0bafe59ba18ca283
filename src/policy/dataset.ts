// Data rows as a policy names them, scaled, in float32: what the model is fed.
import type { Tensor } from '../base/tensor.js';

export type Dataset = {
  readonly name: string;
  /** [rows, ...features] */
  readonly inputs: Tensor<'float32'>;
  /** [rows]; undefined where the data has none. */
  readonly labels: Int32Array | undefined;
};
