// Properties that only a person can ask for, written out as comments: what should a feature do, and which should do nothing?

type Table = {
  readonly model: string;
  /** As a policy names them: columns, or positions. */
  readonly features: readonly (string | number)[];
  /** Of the first feature. */
  readonly range: readonly [number, number];
  readonly classes: number;
};

export const tableExamples = ({ model, features: [first = 0], range, classes }: Table): readonly object[] => [
  {
    name: 'rises-with-a-feature',
    kind: 'monotonic',
    model,
    features: [first],
    output: Math.max(0, classes - 1),
    direction: 'increasing',
    expect: 'tested',
  },
  {
    name: 'blind-to-a-feature',
    kind: 'fairness',
    model,
    protected: [{ feature: first, values: [...new Set(range)] }],
    // One output has no classes to compare.
    ...(classes < 2 && { tolerance: 0.1 }),
    expect: 'tested',
  },
];
