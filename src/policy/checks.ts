// What a schema cannot say: names that refer to each other, bounds in order, keys that need other keys.
import { normalize } from 'node:path';
import { formatOf } from './data/format.js';
import type { Path } from './nodes.js';
import type { Issue } from './position.js';
import type { PolicyText, PropertyText } from './schema.js';
import { list, show, suggest } from './suggest.js';
import type { SourceText } from './text.js';

/** A problem at the value, or else at the key, that `path` leads to. */
type Found = { readonly path: Path; readonly text: string; readonly hint?: string };

export function checkPolicy(policy: PolicyText, source: SourceText): Issue[] {
  const found = [
    ...rangeProblems(policy),
    ...duplicateNames(policy),
    ...policy.properties.flatMap((property, index) => {
      const path = ['properties', index];
      return [
        ...unknownNames(policy, property, path),
        ...rowProblems(property, path),
        ...finiteProblems(property, path),
        ...labelProblems(policy, property, path),
        ...selfAgreement(policy, property, path),
      ];
    }),
  ];
  return found.map(({ path, text, hint }) => ({ at: source.at(path), text, hint }));
}

function rangeProblems({ inputs }: PolicyText): Found[] {
  const { range, ranges } = inputs;
  if ((range === undefined) === (ranges === undefined)) {
    const text = `inputs: expected one of "range" and "ranges", found ${range ? 'both' : 'neither'}`;
    return [{ path: ['inputs'], text, hint: 'write "range: [0, 1]" if every element lies in 0 to 1' }];
  }
  const pairs = range ? [{ path: ['inputs', 'range'], pair: range }] : [];
  const more = ranges?.map((pair, index) => ({ path: ['inputs', 'ranges', index], pair })) ?? [];
  return [...pairs, ...more].flatMap(({ path, pair: [lower, upper] }) => {
    if (lower <= upper) return [];
    return [
      { path, text: `the lower bound ${lower} exceeds the upper ${upper}; write [${upper}, ${lower}]` },
    ];
  });
}

function duplicateNames({ properties }: PolicyText): Found[] {
  const seen = new Map<string, number>();
  return properties.flatMap(({ name }, index) => {
    const earlier = seen.get(name);
    seen.set(name, earlier ?? index);
    if (earlier === undefined) return [];
    const text = `two properties are named ${show(name)}: properties[${earlier}] and this one`;
    return [{ path: ['properties', index, 'name'], text, hint: 'give each property a name of its own' }];
  });
}

function unknownNames(policy: PolicyText, property: PropertyText, path: Path): Found[] {
  const refer = (what: string, known: object, name: string, to: Path): Found[] => {
    const names = Object.keys(known);
    if (names.includes(name)) return [];
    const others = suggest(name, names, 'the policy has');
    return [
      { path: to, text: `no ${what} is named ${show(name)}${others}`, hint: `add it under "${what}s"` },
    ];
  };
  const models =
    property.kind === 'agreement'
      ? property.models.flatMap((name, index) =>
          refer('model', policy.models, name, [...path, 'models', index]),
        )
      : refer('model', policy.models, property.model, [...path, 'model']);
  const data =
    property.data === undefined ? [] : refer('data set', policy.data, property.data, [...path, 'data']);
  return [...models, ...data];
}

function rowProblems({ rows }: PropertyText, path: Path): Found[] {
  if (!Array.isArray(rows)) return [];
  const [from, to] = rows;
  if (from < to) return [];
  const text = `rows: [${from}, ${to}] holds no row; the first must be less than the second`;
  const hint = 'rows: [from, to] takes the rows from, from + 1, ..., to - 1, counted from 0';
  return [{ path: [...path, 'rows'], text, hint }];
}

function finiteProblems(property: PropertyText, path: Path): Found[] {
  if (property.kind !== 'finite' || property.data !== undefined) return [];
  const orphans = (['rows', 'linfEpsilon'] as const).filter((key) => property[key] !== undefined);
  return orphans.map((key) => ({
    path: [...path, key],
    text: `${key} needs "data", the rows that it speaks of`,
    hint: `add "data", or leave out ${key} to search the whole input range`,
  }));
}

/** A folder's labels are the names of its sub-folders, so there only loading can tell. */
function labelProblems(policy: PolicyText, property: PropertyText, path: Path): Found[] {
  if (property.kind !== 'robustness' || property.class !== 'label') return [];
  const data = own(policy.data, property.data);
  if (data === undefined || data.labels !== undefined) return [];
  if (formatOf(data.file) === undefined) return [];
  const text = `class: label, but the data set ${show(property.data)} has no "labels"`;
  const hint = `add "labels" to data.${property.data}, or write "class: predicted"`;
  return [{ path: [...path, 'class'], text, hint }];
}

function selfAgreement(policy: PolicyText, property: PropertyText, path: Path): Found[] {
  if (property.kind !== 'agreement') return [];
  // One file with two kinds of preprocessing is two models.
  const [first, second] = property.models.map((name) => {
    const model = own(policy.models, name) ?? name;
    const { file, preprocess } = typeof model === 'object' ? model : { file: model };
    return JSON.stringify([normalize(file), preprocess]);
  });
  if (first !== second) return [];
  const text = `models: ${list(property.models)} are one and the same model, which always agrees with itself`;
  return [{ path: [...path, 'models'], text, hint: 'name two models' }];
}

/** A name may be "constructor", which every object answers to. */
const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
