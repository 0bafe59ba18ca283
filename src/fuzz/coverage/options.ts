// Options of criteria: what they may be, and names that tell criteria with different options apart.
import type { CalibratedCriterion } from './calibrated.js';

/** One option of a criterion, as the command line and the documentation have it. */
export type OptionRule = {
  /** undefined: taken from the start. */
  readonly default: number | undefined;
  readonly least: number;
  readonly greatest: number;
  readonly integer: boolean;
  readonly meaning: string;
};

export type OptionRules = Readonly<Record<string, OptionRule>>;

/** `k-multisection`, or `k-multisection:sections=100` where an option is not the default. */
export function nameOf<R extends OptionRules>(name: string, given: Given<R>, rules: R): string {
  const changed = Object.keys(rules).filter(
    (key) => given[key] !== undefined && given[key] !== rules[key]?.default,
  );
  return changed.length === 0 ? name : `${name}:${changed.map((key) => `${key}=${given[key]}`).join(',')}`;
}

/** The options with their defaults. @throws RangeError where a value is none */
export function withDefaults<R extends OptionRules>(given: Given<R>, rules: R): Chosen<R> {
  const values = Object.entries(rules).map(([key, rule]) => {
    const value = given[key as keyof R] ?? rule.default;
    if (value !== undefined && !isAllowed(value, rule)) throw new RangeError(`${key} = ${value}`);
    return [key, value];
  });
  return Object.fromEntries(values);
}

/** A criterion, given its options. */
export type CriterionKind = {
  readonly create: (given: Readonly<Record<string, number>>) => CalibratedCriterion;
  readonly options: OptionRules;
};

export type Given<R extends OptionRules> = { readonly [K in keyof R]?: number };
export type Chosen<R extends OptionRules> = { readonly [K in keyof R]: R[K]['default'] };

export const isAllowed = (value: number, { least, greatest, integer }: OptionRule): boolean =>
  value >= least && value <= greatest && (!integer || Number.isInteger(value));
