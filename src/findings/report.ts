// The report of one run: plain versioned data, written by reporters, read by other tools.
import type { PropertyKind } from './kinds.js';
import type { SearchTree } from './search-tree.js';
import type { Arithmetic, Verdict, VerdictKind } from './verdict.js';

export const reportSchemaVersion = 1;

export type FileRef = { readonly name: string; readonly file: string; readonly sha256: string };

/** A model's file, and the policy's steps in front of it: the model under test is both together. */
export type ModelRef = FileRef & {
  readonly preprocess?: PreprocessRef | undefined;
  /** What the model was cast to after it was read. */
  readonly derived?: 'float16' | undefined;
};

/** As the policy has it: x_model = layout((x * scale - mean) / std). */
export type PreprocessRef = {
  readonly scale?: number | undefined;
  readonly mean?: number | readonly number[] | undefined;
  readonly std?: number | readonly number[] | undefined;
  readonly layout?: 'nchw' | 'nhwc' | 'nhwc-to-nchw' | 'nchw-to-nhwc' | undefined;
};

export type CoverageSummary = {
  readonly criterion: string;
  /** Inputs kept because this criterion saw something new (seeds not counted). */
  readonly kept: number;
  /** Share of what can be covered, 0 to 1; null where the criterion has no such total. */
  readonly covered: number | null;
};

export type FuzzingSummary = {
  readonly executions: number;
  readonly corpusSize: number;
  readonly coverage: readonly CoverageSummary[];
  /** How it grew, from the first round to the last; missing in reports of older versions. */
  readonly series?: readonly FuzzingPoint[] | undefined;
};

/** After some round of fuzzing: counted in executions, so that equal runs have equal ones. */
export type FuzzingPoint = {
  readonly executions: number;
  readonly corpusSize: number;
  /** Per criterion of the summary, in its order: `covered`, or `kept` where that is null. */
  readonly coverage: readonly number[];
};

/** What was taken over from an earlier run. */
export type CachedSummary = {
  /** Checked again instead of searched again. */
  readonly proofs: number;
  /** Run again instead of searched again. */
  readonly findings: number;
  /** Of the property's executions, those of the earlier run, which nothing has changed since. */
  readonly executions: number;
};

export type InstanceReport = {
  /** `row 17` or `input range`. */
  readonly instance: string;
  readonly verdict: Verdict;
  /** A violation that the baseline accepts: it does not count. */
  readonly accepted?: Accepted | undefined;
  /** Has to pass by itself, and does not count for the share. */
  readonly required?: true | undefined;
  /** Of the instance of a regression that compares what is proved. */
  readonly provedShare?: ProvedShare | undefined;
  /** A proof that nobody checked, where the policy counts only checked ones: no better than unknown. */
  readonly discounted?: true | undefined;
  /** Parts that branch and bound split it into; missing where it was not split. */
  readonly subproblems?: number | undefined;
  /** Of each model. Only of some instances: those of a property that are closest to being violated. */
  readonly outputBounds?: readonly OutputBounds[] | undefined;
  /** How its proof was split. Only of some instances: the hardest of a property. */
  readonly searchTree?: SearchTree | undefined;
};

/** How many rows bounds prove robust within linfEpsilon, of the old model and of the new one, which may have `drop` of all rows less. */
export type ProvedShare = {
  readonly rows: number;
  readonly before: number;
  readonly now: number;
  readonly drop: number;
  readonly linfEpsilon: number;
};

/** How far the outputs of one model can move, over all inputs of an instance's box. */
export type OutputBounds = {
  readonly model: string;
  readonly method: 'ibp' | 'crown';
  /** Elements of the model's first output. */
  readonly size: number;
  /** Of more, those that may be the greatest; in their order. */
  readonly outputs: readonly {
    /** In row-major order. */
    readonly index: number;
    /** null where nothing is known. */
    readonly lower: number | null;
    readonly upper: number | null;
    /** What the model gives at the row itself; null where there is no row, or that is no finite number. */
    readonly atRow: number | null;
  }[];
};

/** Why, in the words of whoever accepted it. */
export type Accepted = { readonly reason: string | null };

/** What the policy demands of coverage. */
export type CoverageFloor = {
  readonly criterion: string;
  /** Least share of what can be covered, 0 to 1. */
  readonly required: number;
  /** What fuzzing reached; null where it did not run. */
  readonly reached: number | null;
};

/** In a text file, both counted from 1. */
export type Place = { readonly file: string; readonly line: number; readonly column: number };

export type PropertyReport = {
  readonly name: string;
  /** Where the policy has it. */
  readonly at: Place;
  readonly kind: PropertyKind;
  /** What is claimed, in words, such as `class 'label' wins everywhere within linf 0.05 of each row`. */
  readonly claim: string;
  readonly models: readonly string[];
  readonly expect: 'proved' | 'tested';
  /** A failed property fails the gate, or is only reported. */
  readonly severity: 'error' | 'warning';
  /** Whether the policy lets instances pass that could not be decided. */
  readonly unknownPasses: boolean;
  readonly status: 'passed' | 'failed';
  /** Share of instances, those that the baseline accepts left out, whose verdict is good enough, and the least that the policy demands; 0 to 1. */
  readonly share: { readonly reached: number; readonly required: number };
  readonly verdicts: Readonly<Record<VerdictKind, number>>;
  readonly instances: readonly InstanceReport[];
  /** Most rows whose findings are kept, the worst; missing where every violation has one. */
  readonly findings?: number | undefined;
  /** Executions of the model on this property: attack and fuzzing. */
  readonly executions: number;
  /** Parts that branch and bound split the input sets into, and bounded. */
  readonly subproblems: number;
  /** null where the property was decided without fuzzing. */
  readonly fuzzing: FuzzingSummary | null;
  readonly coverageFloors: readonly CoverageFloor[];
  /** Missing where all of it was found in this run. */
  readonly cached?: CachedSummary | undefined;
  /** Where it could not be bounded or batched, and what that means. */
  readonly notes: readonly string[];
  readonly timing: {
    readonly proveMs: number;
    readonly attackMs: number;
    readonly fuzzMs: number;
    /** Making and checking certificates. */
    readonly checkMs?: number | undefined;
    readonly totalMs: number;
  };
};

/** A part of a run, counted from 1. */
export type ShardRef = { readonly index: number; readonly count: number };
export type BaselineSummary = {
  readonly file: string;
  /** Violations of this run that it accepts. */
  readonly accepted: number;
  /** Entries that accept nothing any more. */
  readonly stale: readonly StaleEntry[];
  /** Whether stale entries fail the gate. */
  readonly strict: boolean;
};

export type StaleEntry = { readonly property: string; readonly instance: string; readonly why: StaleReason };

export type StaleReason =
  /** The policy has no such property. */
  | 'no-property'
  /** The property has no such row. */
  | 'no-instance'
  /** The property speaks of other model files. */
  | 'other-models'
  /** The instance is proved or tested now. */
  | 'not-violated';

export type RunReport = {
  readonly schemaVersion: typeof reportSchemaVersion;
  readonly tool: { readonly name: 'marauder'; readonly version: string; readonly onnxruntime: string };
  readonly arithmetic: Arithmetic;
  readonly policy: { readonly file: string; readonly sha256: string };
  readonly seed: number;
  readonly models: readonly ModelRef[];
  readonly data: readonly FileRef[];
  readonly gate: 'passed' | 'failed';
  /** True where Ctrl-C ended the run: the report is partial and the gate fails. */
  readonly interrupted: boolean;
  /** Where this is a part of a run, with some of its instances; its gate never passes. */
  readonly shard?: ShardRef | undefined;
  readonly properties: readonly PropertyReport[];
  /** Violations that were accepted before; null where there is no baseline. */
  readonly baseline: BaselineSummary | null;
  /** Wall clock: the only part that differs between equal runs, with each property's own `timing`. */
  readonly timing: { readonly startedAt: string; readonly totalMs: number; readonly workers: number };
};
