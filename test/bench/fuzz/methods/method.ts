// What a way of searching is, and what one run of it brought. Executions are inputs that the model was run on; following a
// gradient counts as one, though it costs about three forward passes.
import type { Runtime } from '../../../../src/program/session.js';
import { type BenchTarget, isValid, type Replayed } from '../targets/target.js';

/** Confirmed by replay. */
export type Found = Replayed & {
  readonly instance: number;
  readonly seed: number;
  readonly input: Float32Array;
  /** Of the run, up to this one. */
  readonly executions: number;
  readonly isValid: boolean;
  /** Undefined where labels have no meaning. */
  readonly keepsLabel: boolean | undefined;
};

export type Run = { readonly executions: number; readonly found: readonly Found[] };

export type Budget = {
  readonly executions: number;
  /** Stop at the first confirmed finding. */
  readonly first?: boolean;
};

export type Method = {
  readonly name: string;
  /** Undefined where the method does not apply to the target. */
  run(target: BenchTarget, budget: Budget, seed: number, runtime: Runtime): Promise<Run | undefined>;
};

/** A row that looks like a finding. */
export type Candidate = Pick<Found, 'instance' | 'seed' | 'input' | 'executions'>;

export type Collector = {
  readonly found: readonly Found[];
  /** Replays a candidate; true where it is a finding. */
  confirm(candidate: Candidate): Promise<boolean>;
};

export function createCollector(target: BenchTarget): Collector {
  const found: Found[] = [];
  return {
    found,
    confirm: async (candidate) => {
      const input = candidate.input.slice();
      const replayed = await target.replay(input, candidate.instance);
      if (!replayed.violated) return false;
      found.push({
        ...candidate,
        ...replayed,
        input,
        isValid: isValid(target.fuzzed, input, candidate.seed),
        keepsLabel: target.keepsLabel?.(input, candidate.seed),
      });
      return true;
    },
  };
}

/** Failures of one run that differ in instance or kind. */
export const uniqueFailures = ({ found }: Run): number =>
  new Set(found.map(({ instance, cluster }) => `${instance}/${cluster}`)).size;

/** Undefined where nothing was found. */
export const firstFinding = ({ found }: Run): number | undefined =>
  found.length === 0 ? undefined : Math.min(...found.map(({ executions }) => executions));
