// A property made concrete: the boxes it ranges over, how search sees it, how it is proved, what replay says.

import type { Deadline } from '../../base/deadline.js';
import type { ProofBox } from '../../findings/certificate/certificate.js';
import type { AskedOf, FindingKind } from '../../findings/finding.js';
import type { Statement } from '../../findings/statement.js';
import type { Domain } from '../../fuzz/domain.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Encode } from '../../ops/encoding.js';
import type { Deployment } from '../../ops/rounding.js';
import type { InputSet } from '../../policy/input-set.js';
import type { Judgement } from '../../policy/judge.js';
import type { Policy, Property } from '../../policy/policy.js';
import type { Disjunct } from '../../policy/vnnlib/property.js';
import type { Runtime } from '../../program/session.js';
import type { Problem } from '../../verify/decide.js';
import type { Boxes } from '../../verify/ibp.js';
import type { CellOptions, CellResult } from '../../verify/slopes/cells.js';
import type { SplitResult } from '../../verify/splitting.js';
import type { OpenModel } from './models.js';
import type { Resources } from './resources.js';

export type Subject = {
  readonly property: Property;
  readonly models: readonly OpenModel[];
  /** What search runs, where that is not the models themselves. */
  readonly searched?: readonly TypedModel[];
  /** What its findings are, where that is no property kind. */
  readonly judgedAs?: FindingKind;
  /** What its judgement needs besides that: findings keep it. */
  readonly statement?: Statement;
  /** Of a property of two inputs of one model: `set` is of vectors that tell both. */
  readonly pair?: Pair;
  /** A user's own assertion, as it was written; or what its findings say of an instance, without names or rows. */
  readonly expression?: string | ((instance: number) => string);
  /** Of a property that lies in a file of its own. */
  readonly propertyFile?: { readonly file: string; readonly sha256: string };
  /** What a report should say of it, whatever comes of it. */
  readonly notes?: readonly string[];
  /** In words, for the report. */
  readonly claim: string;
  readonly set: InputSet;
  /** What instances are called; missing where each is the row of its first seed. */
  readonly names?: readonly string[];
  /** Of the boxes around rows; null where they are others. */
  readonly linfEpsilon: number | null;
  /** What else a finding needs to be judged again. */
  readonly asked?: AskedOf;
  /** Reference class per instance; 0 where the kind has none. */
  readonly targets: Int32Array;
  readonly hasTarget: boolean;
  readonly encode: Encode;
  /**
   * Per box: a positive number where the property is proved, which is the margin's lower bound where `hasMargin`.
   * Throws Unbounded where some operator has no bound rule.
   */
  prove(boxes: Boxes, targets: Int32Array, arithmetic: Deployment): Promise<Float32Array>;
  /** As `prove`, for some instances, by dearer bounds; missing where there are none. */
  tighten?(instances: readonly number[], deadline: Deadline): Promise<Float32Array>;
  /** Proves an instance by cutting its box into cells; missing where no proof is made of cells. */
  cut?(instance: number, limits: CutLimits): Promise<CellResult>;
  /** By cheap bounds of many parts, at most `ration` for each instance, before dearer bounds of the whole; missing where that is no use. */
  split?(instances: readonly number[], ration: number, deadline: Deadline): Promise<readonly SplitResult[]>;
  /** For instances that bounds leave open; missing where nothing decides the kind. Throws UserError where this one cannot be. */
  decides?(): Decides;
  /** What its proofs say of files: an instance is proved where all of these are. Missing where no certificate can say it. */
  readonly claims?: readonly Claim[];
  /** Why it has no claims, where others of its kind have. */
  readonly unclaimed?: string;
  readonly hasMargin: boolean;
  /** What the models are fed for an input of the set, where that is another one; findings are about it. */
  readonly exhibit?: Exhibit;
  /** The property at one input, on the original models at batch size 1. */
  replay(input: Float32Array, instance: number): Promise<Judgement>;
  /** Whether some value on the way is NaN or infinite at one input, whatever the property asks. */
  strange(input: Float32Array): Promise<Judgement>;
};

export type Exhibit = {
  readonly domain: Domain;
  of(input: Float32Array, instance: number): Exhibited;
};

export type Exhibited = {
  readonly input: Float32Array;
  readonly seed: Float32Array;
  /** What `input` was made from, where that is not the seed. */
  readonly source?: Float32Array;
  readonly asked: AskedOf;
};

export type CutLimits = Pick<CellOptions, 'subproblems' | 'deadline'>;

export type Pair = {
  /** Of the first inputs: the same instances, and seeds. */
  readonly set: InputSet;
  apart(joined: Float32Array): readonly [Float32Array, Float32Array];
};

/** The property as the engine of `marauder prove` has it: it holds in a box where the disjuncts are empty. */
export type Decides = {
  readonly model: TypedModel;
  /** Over the model's flat input and output; those of one instance share their box. */
  disjuncts(instance: number): readonly Disjunct[];
  /** What the original files give for one input, at batch size 1. */
  run(input: Float32Array): Promise<ArrayLike<number>>;
  /** Where the model is one of coordinates: the disjuncts as they are of the inputs that `run` takes. */
  original?(instance: number): NonNullable<Problem['original']>;
  /** From what `run` takes to an input of the subject, where that is another. */
  inputOf?(run: Float32Array): Float32Array;
};

/** No input of an instance's box satisfies any of the disjuncts, of this model alone. */
export type Claim = {
  readonly model: OpenModel;
  disjuncts(instance: number): readonly Disjunct[];
  /** Instead of disjuncts: the box in which all values of the model are finite. */
  finiteIn?(instance: number): ProofBox;
};

export type SubjectContext = {
  readonly policy: Policy;
  readonly resources: Resources;
  readonly runtime: Runtime;
};

/** One per property kind. */
export type SubjectMaker<P extends Property> = (property: P, context: SubjectContext) => Promise<Subject>;
