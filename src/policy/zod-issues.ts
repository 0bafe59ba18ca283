// What zod found wrong, in our words and with places: the key, the offending value, what was expected, the fix.
import type { z } from 'zod';
import type { Path } from './nodes.js';
import type { Issue } from './position.js';
import { descriptionAt, keysAt } from './schema-walk.js';
import { list, nearest, show, suggest } from './suggest.js';
import type { SourceText } from './text.js';

type ZodIssue = z.core.$ZodIssue;

/** An issue with the full name of the key that is missing, or that an unknown key was meant to be. */
type Explained = Issue & { readonly missing?: string; readonly meant?: string | undefined };

/** A misspelt key is also a missing one: only the first is worth a line. */
export function issuesOf(error: z.ZodError, source: SourceText): Issue[] {
  const explained = error.issues.flatMap((issue) => explain(issue, [], source));
  const meant = new Set(explained.map((issue) => issue.meant));
  return explained.filter(({ missing }) => missing === undefined || !meant.has(missing));
}

/** @param base where the schema that raised the issue was applied: issues of a union's branches are relative to it */
function explain(issue: ZodIssue, base: Path, source: SourceText): Explained[] {
  const path = [...base, ...issue.path];
  const found = valueAt(source.value, path);
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, path, source);
  if (issue.code === 'invalid_key') return [{ at: source.atKey(path), text: badName(path.at(-1)) }];
  const key = path.at(-1);
  if (found === undefined && key !== undefined && path.length > 0) return [missing(issue, path, source)];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return explainUnion(issue, path, source);
  return [
    {
      at: source.at(path),
      text: `${nameOf(path)}: ${expectation(issue, found)}`,
      hint: hintAt(path, source),
    },
  ];
}

/** The issues of the one branch that the value was meant for; where no branch fits at all, what they expect. */
function explainUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path, source: SourceText): Explained[] {
  const unfit = (inner: ZodIssue) => inner.code === 'invalid_type' && inner.path.length === 0;
  const meant = issue.errors.find((branch) => !branch.some(unfit));
  if (meant !== undefined) return meant.flatMap((inner) => explain(inner, path, source));
  const kinds = issue.errors.flat().filter(unfit).map(expected);
  const text = `${nameOf(path)}: expected ${kinds.join(' or ')}, found ${show(valueAt(source.value, path))}`;
  return [{ at: source.at(path), text, hint: hintAt(path, source) }];
}

function unknownKeys(keys: readonly string[], path: Path, source: SourceText): Explained[] {
  const known = keysAt(path, source.value);
  const inside = path.length > 0 ? ` in ${nameOf(path)}` : '';
  return keys.map((key) => {
    const match = nearest(key, known);
    return {
      at: source.atKey([...path, key]),
      text: `unknown key ${show(key)}${inside}${suggest(key, known, 'known keys')}`,
      meant: match === undefined ? undefined : nameOf([...path, match]),
    };
  });
}

function missing(issue: ZodIssue, path: Path, source: SourceText): Explained {
  const parent = path.slice(0, -1);
  const inside = parent.length > 0 ? ` in ${nameOf(parent)}` : '';
  const options = optionsOf(issue);
  return {
    at: source.at(parent),
    text: `missing key ${show(String(path.at(-1)))}${inside}${options.length > 0 ? `; expected ${oneOf(options)}` : ''}`,
    missing: nameOf(path),
    hint: hintAt(path, source),
  };
}

const NAME = 'a name (letters, digits, ".", "_", "-", at most 100, the first a letter or digit)';

const badName = (key: PropertyKey | undefined) => `expected ${NAME}, found ${show(String(key))}`;

/** What was expected of the value, and what was found. */
function expectation(issue: ZodIssue, found: unknown): string {
  const wanted = expected(issue);
  const options = optionsOf(issue);
  const match = typeof found === 'string' ? nearest(found, options.map(String)) : undefined;
  const question = match === undefined ? '' : `; did you mean ${show(match)}?`;
  return `expected ${wanted}, found ${show(found)}${question}`;
}

function optionsOf(issue: ZodIssue): readonly unknown[] {
  if (issue.code === 'invalid_value') return issue.values;
  return 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
}

const nouns: Record<string, string> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  tuple: 'a list of two',
  string: 'text',
  number: 'a finite number',
  int: 'a whole number',
};
/** Sizes of text and lists are counted in these. */
const units: Record<string, string> = { string: ' characters', array: ' items', tuple: ' items' };

function expected(issue: ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return nouns[issue.expected] ?? issue.expected;
    case 'too_small':
      return `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${units[issue.origin] ?? ''}`;
    case 'too_big':
      return `${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${units[issue.origin] ?? ''}`;
    case 'invalid_value':
    case 'invalid_union':
      return oneOf(optionsOf(issue));
    case 'invalid_format':
      return NAME;
    default:
      return issue.message;
  }
}

const oneOf = (options: readonly unknown[]) =>
  options.length === 1 ? show(options[0]) : `one of ${list(options.map(String))}`;

/** The description of a key, which says what it means and what may stand there. */
function hintAt(path: Path, source: SourceText): string | undefined {
  const description = descriptionAt(path, source.value);
  const key = path.findLast((step) => typeof step === 'string');
  return description === undefined || key === undefined ? undefined : `${key}: ${description}`;
}

/** `properties[2].share` */
export const nameOf = (path: Path): string =>
  path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`))
    .join('');

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? Reflect.get(inner, key)
        : undefined,
    value,
  );
}
