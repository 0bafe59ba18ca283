// What is fuzzed: a property as search sees it, and the inputs that it ranges over.
import type { Encode } from '../ops/encoding.js';
import type { InputSet } from '../policy/input-set.js';
import type { Domain } from './domain.js';
import type { Limits } from './limits.js';

export type FuzzTarget = {
  /** What the main objective is called; those of `also` have their own names. */
  readonly objective: string;
  readonly encode: Encode;
  readonly set: InputSet;
  readonly domain: Domain;
  readonly limits: Limits;
  /** Reference class per instance. */
  readonly targets: Int32Array;
  /** Instances still to be decided; some. */
  readonly open: readonly number[];
  /** Whether the model may be run on several rows at once. */
  readonly batched: boolean;
};

/** NaN and infinity anywhere in the graph: watched for whatever the objectives are. */
export const nonFinite = 'finite';
