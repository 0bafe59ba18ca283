// The policy of `marauder init` as a person would write it: YAML, with what was found out as comments.
import { Document, isMap, isScalar, visit } from 'yaml';
import { wrap } from '../wrap.js';

export type Entry = {
  readonly comments: readonly string[];
  readonly value: unknown;
};

export type Draft = {
  /** For the first lines. */
  readonly about: readonly string[];
  readonly models: Readonly<Record<string, Entry>>;
  readonly inputs: Entry;
  readonly data: Readonly<Record<string, Entry>>;
  readonly properties: readonly Entry[];
};

const columns = 100;

export function draftText({ about, models, inputs, data, properties }: Draft): string {
  const sections = [
    [...comments(about, 0), 'version: 1'],
    ['models:', ...named(models)],
    [...comments(inputs.comments, 0), ...yaml({ inputs: inputs.value }, 0)],
    ...(Object.keys(data).length === 0 ? [] : [['data:', ...named(data)]]),
    ['properties:', properties.map((entry) => listed(entry).join('\n')).join('\n\n')],
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const named = (entries: Readonly<Record<string, Entry>>): string[] =>
  Object.entries(entries).flatMap(([name, entry]) => [
    ...comments(entry.comments, 2),
    ...yaml({ [name]: entry.value }, 2),
  ]);

const listed = (entry: Entry): string[] => [...comments(entry.comments, 2), ...yaml([entry.value], 2)];

/** Lists of numbers and small mappings on one line, as people write them. */
function yaml(value: unknown, indent: number): string[] {
  const document = new Document(value);
  visit(document, {
    Seq(_, list) {
      list.flow = list.items.every(isScalar);
    },
    Pair(_, { key, value: inner }) {
      const small = isScalar(key) && (key.value === 'budget' || key.value === 'preprocess');
      if (small && isMap(inner)) inner.flow = true;
    },
  });
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: false });
  return text
    .trimEnd()
    .split('\n')
    .map((line) => ' '.repeat(indent) + line);
}

const comments = (lines: readonly string[], indent: number): string[] =>
  lines.flatMap((line) =>
    wrap(line, columns - indent - 2)
      .split('\n')
      .map((part) => `${' '.repeat(indent)}# ${part.trim()}`),
  );
