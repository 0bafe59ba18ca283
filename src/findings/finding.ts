// A finding on disk: one violating input and all that is needed to run it again, look at it and make it smaller.
import type { Distances } from './distances.js';
import type { PropertyKind } from './kinds.js';
import type { ModelRef } from './report.js';
import type { Statement } from './statement.js';
import type { FoundBy } from './verdict.js';

export const findingSchemaVersion = 2;

/** `finding.json`; the inputs lie beside it as `.npy`, float32 [1, ...], as they are before any preprocessing. */
export type Finding = {
  readonly schemaVersion: typeof findingSchemaVersion;
  readonly property: string;
  /** What was violated, and so how it is judged again; `finite` is watched for whatever the property is. */
  readonly kind: FindingKind;
  /** The objective that noticed it. */
  readonly objective: string;
  /** Findings of one run with equal numbers fail alike; null where they were not compared. */
  readonly cluster: number | null;
  /** One model, or two for agreement; paths relative to the finding's folder. */
  readonly models: readonly ModelRef[];
  readonly input: 'input.npy';
  readonly inputSha256: string;
  /** The input that search started from; null in findings of schema version 1. */
  readonly seedInput: 'seed.npy' | null;
  readonly seedSha256: string | null;
  /** Of a property of two inputs the second one. */
  readonly other: 'other.npy' | null;
  readonly otherSha256: string | null;
  /** What is asked besides the kind; null where that is all. */
  readonly statement: Statement | null;
  /** The class that should win; null where the kind has none. */
  readonly target: number | null;
  /** Row of the data set that is the seed; null where it is of no data set. */
  readonly row: number | null;
  /** From the seed. */
  readonly distances: Distances | null;
  readonly linfEpsilon: number | null;
  /** What should hold, where that is a user's own assertion. */
  readonly expression: string | null;
  /** The VNN-LIB file that it is a counterexample to, relative to the finding's folder; null where there is none. */
  readonly propertyFile: { readonly file: string; readonly sha256: string } | null;
  readonly margin: number | null;
  readonly summary: string;
  readonly foundBy: FoundBy;
  /** From the seed to the input; empty for the seed itself. */
  readonly chain: readonly Mutation[];
  /** What each step but the last gave, as `results`, and what steps mixed in, as `partners`; null where that is nothing. */
  readonly chainFile: 'chain.npz' | null;
  /** The models' answers at both inputs, as `input0`, `seed0`, `input1`, ... by the models' place; null where that is nothing. */
  readonly outputsFile: 'outputs.npz' | null;
  /** Elements that take whole numbers only, by their position. */
  readonly integer: readonly number[];
  readonly executions: number;
  readonly seed: number;
  readonly images: FindingImages | null;
  /** Folder beside this one that holds the finding that was minimised; null where it is as it was found. */
  readonly minimizedFrom: string | null;
} & AskedOf;

/** What is asked beyond a class that wins near a row in linf; each is missing where it is not asked. */
export type AskedOf = {
  /** An input farther than this from the seed violates nothing. */
  readonly l2Epsilon?: number | undefined;
  readonly l1Epsilon?: number | undefined;
  /** The class must be among so many with the greatest scores. */
  readonly topK?: number | undefined;
  /** Instead of the class winning, none of these may, but for the class itself. */
  readonly targets?: readonly number[] | undefined;
  /** How the input was made of the seed, or of `source`. */
  readonly perturbation?: PerturbationOf | undefined;
};

type Range = readonly [number, number];

/** See docs/policy.md. */
export type PerturbationOf = {
  readonly transform: {
    readonly rotation?: Range | undefined;
    readonly scaling?: Range | undefined;
    readonly translation?: readonly [Range, Range] | undefined;
    readonly border: number;
    readonly blur?: Range | undefined;
    readonly contrast?: Range | undefined;
    readonly brightness?: Range | undefined;
    readonly occlusion?: { readonly size: readonly [number, number]; readonly value: number } | undefined;
  };
  readonly image: FindingImages['layout'];
  /** Values that elements may have: one pair for all, or one each. */
  readonly limits: readonly Range[];
  /** By name, in the ranges of the transform. */
  readonly parameters: Readonly<Record<string, number>>;
  /** The seed with a change of each element of up to linfEpsilon; null where that is none. */
  readonly source: 'source.npy' | null;
};

/** Property kinds, and what else the fuzzer looks for: a user's own assertion, disagreement of two backends. */
export type FindingKind = PropertyKind | 'expression' | 'backend';

/** A mutator or stage, and the numbers that it drew. */
export type Mutation = {
  readonly by: string;
  readonly parameters: readonly number[];
  /** Row of `partners` in the chain's file that it was mixed with; null where that is none. */
  readonly partner: number | null;
};

/** `input.png`, `seed.png`, and `difference.png`: grey where nothing has changed, lighter for more, darker for less. */
export type FindingImages = {
  /** How the elements of the input are its pixels. */
  readonly layout: {
    readonly channels: number;
    readonly height: number;
    readonly width: number;
    readonly order: 'CHW' | 'HWC' | 'HW';
  };
  /** Values that are black and white. */
  readonly range: readonly [number, number];
  /** Pixels of the image per pixel of the input, along each axis. */
  readonly scale: number;
  /** Changes are shown that many times as large. */
  readonly amplification: number;
};
