// What a run tells while it goes on.
import type { CoverageSummary } from '../findings/report.js';
import type { Corpus, Lineage } from './corpus.js';

/** What looks like a finding. */
export type Hit = {
  readonly objective: string;
  readonly instance: number;
  readonly seed: number;
  readonly input: Float32Array;
  /** Executions of the run up to this one, and those spent on the instance. */
  readonly executions: number;
  readonly instanceExecutions: number;
  /** Findings of an instance and objective with equal numbers fail alike. */
  readonly cluster: number;
  readonly lineage: Lineage;
};

export type FuzzProgress = {
  readonly executions: number;
  readonly corpusSize: number;
  readonly open: number;
  readonly coverage: readonly CoverageSummary[];
  /** Rows that looked like findings, per objective. */
  readonly violations: ReadonlyMap<string, number>;
  readonly stages: readonly StageYield[];
};

export type StageYield = {
  readonly name: string;
  /** In units of one mutant's: a gradient step counts as several. */
  readonly executions: number;
  /** Inputs for the corpus, and findings. */
  readonly reward: number;
  /** Of the executions of late. */
  readonly share: number;
};

export type FuzzEvents = {
  /** Replays a hit on the original model; true where it is a finding. */
  confirm(hit: Hit): Promise<boolean>;
  progress(state: FuzzProgress): void;
  /** At the start, and after every round. */
  grown?(corpus: Corpus): void;
};
