// What a reporter may show besides the report itself. Asked for, not read: reporters stay pure, and what none asks for costs nothing.
import type { Shape } from '../base/shape.js';
import type { Finding } from '../findings/finding.js';
import { plain, type Style } from './style.js';

export type Material = {
  /** How text is painted where the report goes. */
  readonly style: Style;
  /** The policy as it was read; undefined where it is not at hand. */
  readonly policyText: string | undefined;
  /** @param finding as `Witness.finding` has it. Undefined where the folder is gone or cannot be read. */
  witness(finding: string): WitnessMaterial | undefined;
  /** Names of the elements of a property's inputs, in their order; undefined where they have none. */
  features(property: string): readonly string[] | undefined;
};

/** A finding with its arrays, before any preprocessing: the unit of the policy's `inputs`. */
export type WitnessMaterial = {
  /** `finding.json`: models with their preprocessing, layout and range of images, distances, how it was found. */
  readonly finding: Finding;
  /** Of one input, without the batch. */
  readonly shape: Shape;
  readonly input: Float32Array;
  /** What search started from; undefined where the finding has none. */
  readonly seed: Float32Array | undefined;
  /** Of each of the finding's models, in their order; undefined where they were not saved. */
  readonly outputs: readonly (ModelOutputs | undefined)[];
};

/** The first output of a model at batch size 1, without the batch. */
export type ModelOutputs = {
  readonly shape: Shape;
  readonly atInput: Float32Array | Float64Array;
  readonly atSeed: Float32Array | Float64Array;
};

/** For what is rendered from a report alone. */
export const bare: Material = {
  style: plain,
  policyText: undefined,
  witness: () => undefined,
  features: () => undefined,
};
