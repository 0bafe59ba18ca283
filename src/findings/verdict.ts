// The four outcomes of checking one property instance. `unknown` carries its reason and is never a pass.

/**
 * Interval bound propagation; backward linear bounds; the same with slopes raised by gradients; branch and bound, which has all of
 * them as its parts. Of several that it took, the dearest. `execution`: of a property of finitely many inputs, all of which were run.
 */
export type ProofMethod = 'ibp' | 'crown' | 'alpha-crown' | 'branch-and-bound' | 'execution';

/** Which network a proof is about: the deployed float32 one under any order of summation, or ideal real arithmetic. */
export type Arithmetic = 'deployed' | 'real';

export type UnknownReason =
  /** The budget of time ended first. */
  | 'timeout'
  /** Ctrl-C. */
  | 'interrupted'
  /** Some operator has no bound rule, or cannot be run batched. */
  | 'unsupported-operator'
  /** The bounds were computed and do not decide the property. */
  | 'loose-bounds'
  /** The budget of executions ended before this instance was executed once. */
  | 'no-executions';

export type Verdict =
  | {
      readonly kind: 'proved';
      readonly method: ProofMethod;
      readonly arithmetic: Arithmetic;
      /** Greatest lower bound found on the property's margin, in units of the model's output; positive. Null where the property has no margin, or where an earlier run's proof says no more than that it is positive. */
      readonly margin: number | null;
      /** Whether the independent checker accepted the certificate. */
      readonly checked: boolean;
      /** Why it is not, as one sentence. */
      readonly unchecked?: string | undefined;
      /** What the checker accepted, relative to the working directory of the run: what `marauder verify-proof` takes. */
      readonly certificates?: readonly string[] | undefined;
    }
  | { readonly kind: 'violated'; readonly witness: Witness }
  | {
      readonly kind: 'tested';
      /** Executions of the model spent on this instance. */
      readonly executions: number;
      /** Smallest margin seen, null where the property has no margin. */
      readonly smallestMargin: number | null;
    }
  | { readonly kind: 'unknown'; readonly reason: UnknownReason; readonly detail: string };

export type VerdictKind = Verdict['kind'];

export type FoundBy = 'seed' | 'corner' | 'random' | 'gradient' | 'fuzz' | 'branching';

/** A concrete violating input, replayed on ONNX Runtime at batch size 1 on the original file. */
export type Witness = {
  /** Folder of the finding, relative to the working directory of the run: what `marauder replay` takes. Null for a row of a counted property that fails as it is, where findings of enough worse ones are kept. */
  readonly finding: string | null;
  readonly foundBy: FoundBy;
  /** Executions of the model spent on this instance when it was found. */
  readonly executions: number;
  /** Row of the data set that it started from, null where the property has no data. */
  readonly row: number | null;
  /** Distance to that row; null where there is none. */
  readonly linfDistance: number | null;
  /** The property's margin at the witness, not positive; null where it is not a number or the property has none. */
  readonly margin: number | null;
  /** One line: what is wrong at this input, such as `class 3 instead of 8`. */
  readonly summary: string;
};

/** One that has its folder. */
export type SavedWitness = Witness & { readonly finding: string };

/** What was run is so; there is nothing else to prove. */
export const ranRight = (margin: number | null): Verdict => ({
  kind: 'proved',
  method: 'execution',
  arithmetic: 'deployed',
  margin,
  checked: false,
});
