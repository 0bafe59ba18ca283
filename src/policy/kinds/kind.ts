// What a property kind is in a policy: its text form, what the schema cannot say of it, and what it becomes.
import type { z } from 'zod';
import type { Found } from '../found.js';
import type { Path } from '../nodes.js';
import type { PropertyCommon } from '../policy.js';
import type { Sources } from '../sources.js';
import type { SourceText } from '../text.js';

/** Names of other parts of the policy that a property refers to, with where it does. */
export type References = {
  readonly models: readonly { readonly name: string; readonly path: Path }[];
  readonly data: readonly { readonly name: string; readonly path: Path }[];
};

/** One per kind of property; `kinds` in index.ts lists them. */
export type PropertyKindRule<Schema extends z.ZodObject, Property> = {
  readonly text: Schema;
  /** @param path of the property; every path that is returned begins with it */
  references(text: z.output<Schema>, path: Path): References;
  /** What a schema cannot say. Names that refer to nothing are found by `references`. */
  problems?(text: z.output<Schema>, sources: Sources, path: Path): Found[];
  toProperty(text: z.output<Schema>, common: PropertyCommon, around: Surroundings): Property;
};

/** Where a property stands. */
export type Surroundings = {
  readonly sources: Sources;
  readonly source: SourceText;
  /** Of the property. */
  readonly path: Path;
  /** Of the policy: paths are relative to it. */
  readonly folder: string;
};

/** So that each kind's file is checked against its own schema. */
export const kindRule = <Schema extends z.ZodObject, Property>(
  rule: PropertyKindRule<Schema, Property>,
): PropertyKindRule<Schema, Property> => rule;
