// The policy of `marauder init` as a person would write it: YAML, with what was found out as comments.
import { wrap } from '../wrap.js';
import { yamlLines } from '../yaml-text.js';

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
  /** Properties that are written as comments. */
  readonly examples: readonly unknown[];
};

const columns = 100;

export function draftText({ about, models, inputs, data, properties, examples }: Draft): string {
  const sections = [
    [...comments(about, 0), 'version: 1'],
    ['models:', ...named(models)],
    [...comments(inputs.comments, 0), ...yamlLines({ inputs: inputs.value }, 0)],
    ...(Object.keys(data).length === 0 ? [] : [['data:', ...named(data)]]),
    ['properties:', properties.map((entry) => listed(entry).join('\n')).join('\n\n')],
    ...(examples.length === 0 ? [] : [exampleLines(examples)]),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const named = (entries: Readonly<Record<string, Entry>>): string[] =>
  Object.entries(entries).flatMap(([name, entry]) => [
    ...comments(entry.comments, 2),
    ...yamlLines({ [name]: entry.value }, 2),
  ]);

const listed = (entry: Entry): string[] => [...comments(entry.comments, 2), ...yamlLines([entry.value], 2)];

/** Without their "#" they go on with the list. */
const exampleLines = (examples: readonly unknown[]): string[] => [
  ...comments(['For tables: adapt these to features that you know, and take off their "#".'], 2),
  ...yamlLines(examples, 2).map((line) => `#${line.slice(1)}`),
];

const comments = (lines: readonly string[], indent: number): string[] =>
  lines.flatMap((line) =>
    wrap(line, columns - indent - 2)
      .split('\n')
      .map((part) => `${' '.repeat(indent)}# ${part.trim()}`),
  );
