// Which part of the schema a place in a policy is read by: for suggestions of keys and for hints.
import { z } from 'zod';
import type { Path } from './nodes.js';
import { policyText } from './schema.js';

type Schema = z.core.$ZodType;
type Place = { readonly schema: Schema | undefined; readonly value: unknown };

/** What the schema says of the value at `path`; of an item, what it says of the list. */
export function descriptionAt(path: Path, root: unknown): string | undefined {
  const named = path.slice(0, path.findLastIndex((key) => typeof key === 'string') + 1);
  return describe(schemaAt(named, root));
}

/** A description belongs to the schema that it was given to, not to the optional or default around it. */
function describe(schema: Schema | undefined): string | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  return schema.description ?? (isWrapped(schema) ? describe(schema.unwrap()) : undefined);
}

/** The schema that reads the value at `path`; undefined where the language has none. */
function schemaAt(path: Path, root: unknown): Schema | undefined {
  const start: Place = { schema: policyText, value: root };
  return path.reduce<Place>(
    (place, key) => ({ schema: childSchema(place, key), value: childValue(place.value, key) }),
    start,
  ).schema;
}

/** The keys that the mapping at `path` may have. */
export function keysAt(path: Path, root: unknown): string[] {
  const value = path.reduce(childValue, root);
  const schema = mappingOf(schemaAt(path, root), value);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function childValue(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function childSchema({ schema, value }: Place, key: PropertyKey): Schema | undefined {
  const inner = mappingOf(schema, value);
  if (inner instanceof z.ZodObject) return inner.shape[String(key)];
  if (inner instanceof z.ZodRecord) return inner.valueType;
  return inner instanceof z.ZodArray ? inner.element : undefined;
}

/** Without its default, and of a union the branch for mappings, chosen by `kind` where there are several. */
function mappingOf(schema: Schema | undefined, value: unknown): Schema | undefined {
  if (isWrapped(schema)) return mappingOf(schema.unwrap(), value);
  if (!(schema instanceof z.ZodUnion)) return schema;
  const kind = childValue(value, 'kind');
  const mappings = schema.options.filter((option) => option instanceof z.ZodObject);
  return mappings.length === 1 ? mappings[0] : mappings.find((option) => isOfKind(option, kind));
}

const isWrapped = (schema: Schema | undefined) =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;

const isOfKind = (option: z.ZodObject, kind: unknown): boolean => {
  const literal = option.shape.kind;
  return literal instanceof z.ZodLiteral && literal.value === kind;
};
