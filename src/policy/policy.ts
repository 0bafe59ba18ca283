// What a policy says once it is parsed and every default is filled in. No file has been opened yet.

import type { Direction } from '../findings/statement.js';
import type { Transform } from '../graph/perturbation/transform.js';
import type { Preprocessing } from '../graph/preprocessing.js';
import type { Ball } from './ball.js';
import type { Demand } from './demand.js';
import type { Expression } from './expression/syntax.js';

/** Paths are absolute: the parser resolves them against the policy's folder. */
export type Policy = {
  readonly version: 1;
  readonly seed: number;
  readonly models: ReadonlyMap<string, ModelRef>;
  readonly inputs: InputRange;
  readonly data: ReadonlyMap<string, DataRef>;
  readonly properties: readonly Property[];
};

export type ModelRef = {
  readonly name: string;
  readonly file: string;
  readonly at: Position;
  /** Names of the elements of the output, with their place; undefined where they have none. */
  readonly outputs: { readonly names: readonly string[]; readonly at: Position } | undefined;
  /** Between the inputs of the policy and the model, with its place for errors that only the model can tell. */
  readonly preprocess: { readonly steps: Preprocessing; readonly at: Position } | undefined;
};

/**
 * Values that each element of an input may take, after the data's `scale` and before a model's `preprocess`. One pair for all
 * elements, or one pair each.
 * Bounds are float32 numbers, the nearest to those in the file.
 */
export type InputRange = {
  readonly ranges: readonly (readonly [lower: number, upper: number])[];
  /** Of the elements, in row-major order; undefined where they have none. */
  readonly names?: readonly string[] | undefined;
};

export type DataRef = {
  readonly name: string;
  readonly file: string;
  readonly at: Position;
  /** The one name of the array in an `.npz`; names of columns in a `.csv`. */
  readonly inputs: readonly string[] | undefined;
  /** Name of the array in an `.npz`, of the column in a `.csv`; of an `.npy` or IDX file the path of another. */
  readonly labels: string | undefined;
  /** Stored values are multiplied by this before anything else sees them. */
  readonly scale: number;
};

export type Expectation = 'proved' | 'tested';

/** Which proofs count that the independent checker has not accepted. */
export type Unchecked =
  | 'forbidden'
  /** Those of kinds and operators that it does not know. */
  | 'unsupported'
  | 'allowed';

export type Budget = {
  /** Executions of the model, over all instances of the property. */
  readonly executions: number;
  readonly seconds: number;
};

/** Where in the policy file something stands, for errors found later (a model that does not fit its data, say). */
export type Position = { readonly file: string; readonly line: number; readonly column: number };

/** Least share, 0 to 1, of what a criterion can cover. Whether there is such a criterion, the fuzzer knows. */
export type CoverageDemand = { readonly criterion: string; readonly required: number; readonly at: Position };

/** A place with its line. */
export type Spot = {
  readonly at: Position;
  readonly excerpt: { readonly line: string; readonly at: number };
};

/** What every property has, whatever its kind. */
export type PropertyCommon = {
  readonly name: string;
  readonly expect: Expectation;
  /** Least share of instances, 0 to 1, that must have the expected verdict or a stronger one. */
  readonly share: number;
  /** A failed property fails the gate, or is only reported. */
  readonly severity: 'error' | 'warning';
  /** Whether instances pass that could not be decided. */
  readonly unknownPasses: boolean;
  readonly coverageFloors: readonly CoverageDemand[];
  readonly unchecked: Unchecked;
  readonly budget: Budget;
  readonly at: Position;
};

/** The data rows that a property ranges over. */
export type RowSelection = {
  readonly data: string;
  readonly rows: { readonly from: number; readonly to: number } | undefined;
};

/**
 * For each row x with class c, for all x' in the ball around x and inside the input range, the demand holds of f(x') and c; so with
 * the usual demand, for all j != c: f(x')_c > f(x')_j. The class is the row's label or the model's own answer at x. A NaN output violates it.
 */
export type RobustnessProperty = PropertyCommon & {
  readonly kind: 'robustness';
  readonly model: string;
  readonly around: RowSelection;
  readonly ball: Ball;
  readonly demand: Demand;
  readonly class: 'label' | 'predicted';
};

/** For all x in the input set, every value that the graph computes on the way to its outputs is finite. */
export type FiniteProperty = PropertyCommon & {
  readonly kind: 'finite';
  readonly model: string;
  readonly around: RowSelection | undefined;
  /** Undefined: the whole input range, with the rows of `around`, if any, only as the seeds of the search. */
  readonly linfEpsilon: number | undefined;
};

export type Precision = 'float16' | 'int8';

/**
 * For each row x, for all x' with |x' - x|_inf <= linfEpsilon inside the input range: argmax f(x') = argmax g(x'), or, with a tolerance t,
 * |f(x')_k - g(x')_k| <= t for every output k.
 */
export type AgreementProperty = PropertyCommon & {
  readonly kind: 'agreement';
  readonly models: readonly [string, string];
  /** The second model is the first in this precision. */
  readonly precision?: Precision | undefined;
  readonly tolerance?: number | undefined;
  readonly around: RowSelection;
  readonly linfEpsilon: number;
};

/** An element of the input by its position from 0, or by the name of its column in the data. */
export type ElementName = number | string;

/** What a property of two inputs ranges over: boxes around rows, or without a distance the whole range. */
type PairSet = {
  readonly model: string;
  readonly around: RowSelection | undefined;
  readonly linfEpsilon: number | undefined;
};

/**
 * For all x and x' in the set with x'_i >= x_i for every feature i and x'_j = x_j for all others: f(x')_o >= f(x)_o - slack; or <= and +
 * where it is decreasing.
 */
export type MonotonicProperty = PropertyCommon &
  PairSet & {
    readonly kind: 'monotonic';
    readonly features: readonly ElementName[];
    readonly output: number;
    readonly direction: Direction;
    /** Undefined: what rounding needs. */
    readonly slack: number | undefined;
  };

/** Elements, and what they may be: lists of values for all of them together, or a range of each. */
export type ProtectedAttribute = {
  readonly elements: readonly ElementName[];
  readonly values: readonly (readonly number[])[] | undefined;
  /** Undefined: that of the inputs. */
  readonly range: readonly [lower: number, upper: number] | undefined;
};

/**
 * For all x and x' in the set that are equal but for the protected attributes, which have any of their values: argmax f(x) = argmax f(x'),
 * or, with a tolerance t, |f(x)_k - f(x')_k| <= t for every output k.
 */
export type FairnessProperty = PropertyCommon &
  PairSet & {
    readonly kind: 'fairness';
    readonly protected: readonly ProtectedAttribute[];
    readonly tolerance: number | undefined;
  };

/** For all x and x' in the set: |f(x) - f(x')|_inf <= constant |x - x'|_inf + slack. */
export type LipschitzProperty = PropertyCommon &
  PairSet & {
    readonly kind: 'lipschitz';
    readonly constant: number;
    /** Undefined: what rounding needs. */
    readonly slack: number | undefined;
  };

/** Of the rows at least the property's share has its label among the topK greatest outputs, of equal ones the first. */
export type AccuracyProperty = PropertyCommon & {
  readonly kind: 'accuracy';
  readonly model: string;
  readonly around: RowSelection;
  readonly topK: number;
  /** Most rows whose findings are saved, the worst ones. */
  readonly findings: number;
};

/**
 * Of the rows at least the property's share is not lost: right with the baseline and wrong with the model. And of the rows that bounds
 * prove robust within linfEpsilon the model has at most the drop, a share of all, less than the baseline.
 */
export type RegressionProperty = PropertyCommon & {
  readonly kind: 'regression';
  readonly model: string;
  readonly baseline: string;
  readonly around: RowSelection;
  readonly proved: { readonly linfEpsilon: number; readonly drop: number } | undefined;
  /** Most rows whose findings are saved, the worst ones. */
  readonly findings: number;
};

/** Inputs near the rows, or the whole range, of which an assumption may leave a part. */
export type Chosen = {
  readonly model: string;
  readonly around: RowSelection | undefined;
  /** Undefined: the whole input range, with the rows of `around`, if any, only as the seeds of the search. */
  readonly linfEpsilon: number | undefined;
  /** Of the inputs and the row alone. */
  readonly assume: Written | undefined;
};

/** An expression as the policy has it. */
export type Written = {
  readonly expression: Expression;
  /** Where a character of its text stands. */
  spot(place: number): Spot;
};

/** For all x in the input set that satisfy `assume`: no output is NaN, and `assert` is true. */
export type AssertProperty = PropertyCommon & Chosen & { readonly kind: 'assert'; readonly assert: Written };

/** For all x in the input set, for all chosen outputs i: lower <= f(x)_i <= upper, which NaN is not. */
export type RangeProperty = PropertyCommon &
  Chosen & {
    readonly kind: 'range';
    /** Indices; undefined: all. */
    readonly outputs: readonly { readonly index: number; readonly at: Position }[] | undefined;
    readonly lower: number | undefined;
    readonly upper: number | undefined;
  };

/** For all x in the input set: max_i p_i(x) <= threshold, with p = f or softmax(f); a NaN violates it. */
export type ConfidenceProperty = PropertyCommon &
  Chosen & {
    readonly kind: 'confidence';
    readonly threshold: number;
    readonly output: 'logits' | 'probabilities';
  };

/** No input satisfies one of the disjuncts of a VNN-LIB file. */
export type VnnlibFileProperty = PropertyCommon & {
  readonly kind: 'vnnlib';
  readonly model: string;
  readonly file: string;
  readonly fileAt: Position;
};

/**
 * For each row x with class c, for all x' with |x' - x|_inf <= linfEpsilon inside the input range, for all parameters in their ranges, for
 * all j != c: f(T(x'))_c > f(T(x'))_j. T is the transform, clipped to the input range.
 */
export type PerturbationProperty = PropertyCommon & {
  readonly kind: 'perturbation';
  readonly model: string;
  readonly around: RowSelection;
  readonly class: 'label' | 'predicted';
  readonly linfEpsilon: number;
  readonly transform: Transform;
  /** The shape is the model's input's unless it is given. */
  readonly image: { readonly shape: readonly number[] | undefined; readonly layout: 'chw' | 'hwc' };
};

export type Property =
  | RobustnessProperty
  | FiniteProperty
  | AgreementProperty
  | MonotonicProperty
  | FairnessProperty
  | LipschitzProperty
  | AccuracyProperty
  | RegressionProperty
  | AssertProperty
  | RangeProperty
  | ConfidenceProperty
  | VnnlibFileProperty
  | PerturbationProperty;
