// What a property says besides its kind, as far as its judgement needs it: findings keep it, so that they can be judged again.

/** What the second of two inputs has of its own. */
export type Difference =
  /** Any value of the element's range. */
  | { readonly kind: 'free'; readonly element: number }
  /** A value of the range that is no less than that of the first. */
  | { readonly kind: 'greater'; readonly element: number }
  /** Each input has one of the lists of values in these elements. */
  | {
      readonly kind: 'choice';
      readonly elements: readonly number[];
      readonly values: readonly (readonly number[])[];
    };

export type Direction = 'increasing' | 'decreasing';

/** Keys as in the policy; those that the kind does not have are left out. */
export type Statement = {
  readonly tolerance?: number | undefined;
  readonly slack?: number | undefined;
  readonly output?: number | undefined;
  readonly direction?: Direction | undefined;
  readonly constant?: number | undefined;
  readonly topK?: number | undefined;
  readonly differences?: readonly Difference[] | undefined;
};
