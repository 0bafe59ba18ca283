/** The kinds of property that a policy may have, as reports and findings name them. */
export const propertyKinds = ['robustness', 'finite', 'agreement'] as const;

export type PropertyKind = (typeof propertyKinds)[number];
