/** The kinds of property that a policy may have, as reports and findings name them. */
export const propertyKinds = [
  'robustness',
  'finite',
  'agreement',
  'monotonic',
  'fairness',
  'lipschitz',
  'accuracy',
  'regression',
  'assert',
  'range',
  'confidence',
  'vnnlib',
  'perturbation',
] as const;

export type PropertyKind = (typeof propertyKinds)[number];

/** Their rows are run once each, and nothing is searched for. */
export const countedKinds: ReadonlySet<PropertyKind> = new Set(['accuracy', 'regression']);
