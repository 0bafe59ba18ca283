// From a model and data to a commented policy: looks, guesses, measures, and writes down which of the three it was.
import { statSync } from 'node:fs';
import { basename, dirname, extname, relative, resolve } from 'node:path';
import type { Layout } from '../../graph/preprocessing.js';
import { describeModel } from '../../ops/describe.js';
import { loadDataset } from '../../policy/data/load.js';
import type { Dataset } from '../../policy/dataset.js';
import type { Runtime } from '../../program/session.js';
import { percent, plural } from '../../report/words.js';
import { classCount, fitRows, inputShape } from '../check/fit.js';
import { type OpenModel, openModel, runOne } from '../check/models.js';
import { unreadable } from '../file-errors.js';
import type { InitOptions, Io } from '../options.js';
import { shownFrom } from '../shown.js';
import { tableExamples } from './examples.js';
import { type Measured, measureFinite, measureRobustness } from './measure.js';
import { measureAccuracy, measureRange } from './measure-rows.js';
import { type Parts, partsOf } from './parts.js';
import { guessedRange, type Range, rangeOfRows } from './range.js';
import { draftText, type Entry } from './text.js';
import { createTrial } from './trial.js';
import { type Chosen, candidates, channelsOf, chooseUnit, inShape, layoutOf, storedRange } from './units.js';

export type Drafted = {
  readonly text: string;
  /** Lines for the terminal. */
  readonly findings: readonly string[];
};

type World = {
  readonly io: Io;
  readonly runtime: Runtime;
  readonly progress: (text: string) => void;
  /** Time for trying distances. */
  readonly measuringMs: number;
};

/** Of the rows: a model that is wrong more often fails for that, not for what is near the rows. */
const accurate = 0.85;

/** @param file where the policy is going to be */
export async function draft(file: string, options: InitOptions, world: World): Promise<Drafted> {
  const { io, runtime, progress } = world;
  progress('opening the model');
  const modelFile = shownFrom(io.cwd)(resolve(io.cwd, options.model));
  const model = await openModel({ name: 'model', file: modelFile }, runtime);
  progress('looking at the data');
  const rows =
    options.data === undefined ? undefined : await examine(resolve(io.cwd, options.data), options, model);
  const range = rows?.range ?? guessedRange(channelsOf(inputShape(model)) !== undefined);
  const names = { model: nameOf(options.model, 'model'), data: nameOf(options.data ?? 'data', 'data') };
  const paths = (path: string) => relative(dirname(file), resolve(io.cwd, path)) || basename(path);
  const parts = {
    version: 1,
    models: { [names.model]: modelValue(paths(options.model), rows) },
    inputs: range.inputs,
    data: rows === undefined ? {} : { [names.data]: dataValue(options, rows, paths) },
  };
  const properties = await measure(model, rows, range, names, createTrial(parts, file, runtime, io), world);
  const entries = (values: Readonly<Record<string, unknown>>, comments: readonly string[]) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, comments }]));
  const text = draftText({
    about: [
      'yaml-language-server: $schema=node_modules/marauder/specs/policy.schema.json',
      `Written by "marauder init". What is marked as a guess is yours to correct; docs/policy.md has every key.`,
    ],
    models: entries(parts.models, [modelWords(model)]),
    inputs: { value: range.inputs, comments: [range.comment] },
    data: entries(parts.data, rows?.comments ?? []),
    properties,
    examples: examplesFor(model, rows, range, names.model),
  });
  return { text, findings: findingsOf(model, rows, properties) };
}

type Rows = {
  readonly dataset: Dataset;
  readonly parts: Parts;
  readonly layout: Layout | undefined;
  readonly chosen: Chosen;
  readonly range: Range;
  /** Whether they say which class each row has. */
  readonly labelled: boolean;
  readonly comments: readonly string[];
};

async function examine(file: string, options: InitOptions, model: OpenModel): Promise<Rows> {
  try {
    statSync(file);
  } catch (cause) {
    throw unreadable(options.data ?? file, cause);
  }
  const shape = inputShape(model);
  const size = shape.reduce((product, dim) => product * dim, 1);
  const parts = await partsOf(file, { size, inputs: options.inputs, labels: options.labels });
  const { dataset: loaded, labels, notes } = await load(file, parts, options.labels !== undefined);
  const stored = loaded.inputs.shape.slice(1);
  const layout = layoutOf(stored, shape);
  const moved = layout === 'nhwc-to-nchw' || layout === 'nchw-to-nhwc';
  const fitting = fitRows({ dataset: loaded, file }, model, 'name another array or columns with --inputs');
  const rows = moved ? inShape(loaded, stored) : fitting;
  const classes = classCount(model);
  const labelled = isClasses(rows.labels, classes);
  const channels = channelsOf(shape, stored);
  const units = candidates(storedRange(rows), size, channels).filter(
    ({ scale }) => options.scale === undefined || scale === options.scale,
  );
  const usable = units.length > 0 ? units : [{ words: `times ${options.scale}`, scale: options.scale ?? 1 }];
  const chosen = await chooseUnit(model, labelled ? rows : { ...rows, labels: undefined }, layout, usable);
  const scaled = {
    ...rows,
    inputs: { ...rows.inputs, data: rows.inputs.data.map((v) => Math.fround(v * chosen.unit.scale)) },
  };
  const labelNote =
    rows.labels !== undefined && !labelled
      ? [`labels are not used: they are not class indices from 0 to ${classes - 1}`]
      : [];
  return {
    dataset: scaled,
    parts: { ...parts, labels: labelled ? labels : undefined },
    layout,
    chosen,
    range: rangeOfRows(scaled, channels !== undefined),
    labelled,
    comments: [
      ...parts.comments,
      ...notes,
      ...labelNote,
      ...(moved
        ? [`rows are [${stored.join(', ')}], the model takes [${shape.join(', ')}]: "layout" moves the axes`]
        : []),
      ...(!moved && stored.join() !== shape.join()
        ? [`rows are [${stored.join(', ')}], the model takes [${shape.join(', ')}]: taken in row-major order`]
        : []),
      unitWords(chosen),
    ],
  };
}

const unitWords = ({ unit, comments }: Chosen): string => [`values ${unit.words}`, ...comments].join(': ');

/** Labels that are no class indices, such as those of a regression, are left out, unless somebody asked for them. */
async function load(file: string, parts: Parts, insists: boolean) {
  const ref = { name: 'data', file, at: { file, line: 1, column: 1 }, scale: 1 };
  const inputs = typeof parts.inputs === 'string' ? [parts.inputs] : parts.inputs;
  try {
    return {
      dataset: await loadDataset({ ...ref, inputs, labels: parts.labels }),
      labels: parts.labels,
      notes: [],
    };
  } catch (error) {
    if (parts.labels === undefined || insists || !(error instanceof Error)) throw error;
    const dataset = await loadDataset({ ...ref, inputs, labels: undefined });
    return {
      dataset,
      labels: undefined,
      notes: [`${parts.labels} was taken for labels, but: ${error.message}`],
    };
  }
}

const isClasses = (labels: Int32Array | undefined, classes: number): boolean =>
  labels !== undefined && classes >= 2 && labels.every((label) => label < classes);

function modelValue(path: string, rows: Rows | undefined): unknown {
  if (rows === undefined) return path;
  const { layout, chosen } = rows;
  const { mean, std } = chosen.unit;
  // Without numbers for each channel it does not matter that channels are last.
  const told = layout === 'nhwc' && !Array.isArray(mean) ? undefined : layout;
  const preprocess = {
    ...(mean !== undefined && { mean }),
    ...(std !== undefined && { std }),
    ...(told !== undefined && { layout: told }),
  };
  return Object.keys(preprocess).length === 0 ? path : { file: path, preprocess };
}

function dataValue(
  { data = '' }: InitOptions,
  { parts, chosen }: Rows,
  paths: (path: string) => string,
): unknown {
  const { inputs, labels } = parts;
  const isFile =
    labels !== undefined && /\.(npy|idx|gz)|idx\d/.test(basename(labels)) && inputs === undefined;
  return {
    file: paths(data),
    ...(inputs !== undefined && { inputs }),
    ...(labels !== undefined && { labels: isFile ? paths(labels) : labels }),
    ...(chosen.unit.scale !== 1 && { scale: chosen.unit.scale }),
  };
}

async function measure(
  model: OpenModel,
  rows: Rows | undefined,
  range: Range,
  names: { readonly model: string; readonly data: string },
  trial: ReturnType<typeof createTrial>,
  { io: { clock, signal }, progress, measuringMs }: World,
): Promise<Entry[]> {
  progress('trying whether every value is finite');
  const finite = await measureFinite(trial, names.model, rows === undefined ? undefined : names.data);
  const first = entryOf('finite-everywhere', finite, [
    'no input of the range makes the model compute NaN or infinity',
  ]);
  const classes = classCount(model);
  if (rows === undefined || model.typed.output.dtype !== 'float32') return [first];
  if (classes < 2) return [first, ...(await outputRange(model, rows, range, names, trial, progress))];
  progress('trying how far from the rows the class stays');
  const robust = await measureRobustness(
    trial,
    {
      ...names,
      rows: rows.dataset.inputs.shape[0] ?? 0,
      width: range.width,
      class: rows.labelled && (rows.chosen.accuracy ?? 0) >= accurate ? 'label' : 'predicted',
      unbounded: describeModel(model.typed).unbounded,
    },
    { endsAt: clock() + measuringMs, measuringMs, clock, signal },
  );
  return [
    first,
    ...(rows.labelled
      ? [
          entryOf(
            'right-often-enough',
            await measureAccuracy(trial, names, rows.dataset.inputs.shape[0] ?? 0),
            ['the label is the greatest output, for this share of the rows'],
          ),
        ]
      : []),
    entryOf('robust-near-the-data', robust, [
      `no change of every element by up to linfEpsilon turns the answer into another`,
      ...(rows.labelled
        ? []
        : ['guess: the outputs are scores, the greatest is the answer; delete this if they are not']),
    ]),
  ];
}

/** Rows whose outputs are looked at. */
const rowsSeen = 100;

/** Of a model with one output; undefined where steps in front of it would have to be applied first. */
async function outputRange(
  model: OpenModel,
  rows: Rows,
  { width }: Range,
  names: { readonly model: string; readonly data: string },
  trial: ReturnType<typeof createTrial>,
  progress: (text: string) => void,
): Promise<Entry[]> {
  const { inputs } = rows.dataset;
  const count = inputs.shape[0] ?? 0;
  if (typeof modelValue('', rows) !== 'string' || count === 0) return [];
  progress('looking at the outputs');
  const size = inputs.data.length / count;
  const outputs: number[] = [];
  for (let row = 0; row < Math.min(rowsSeen, count); row++)
    outputs.push(...Array.from(await runOne(model, inputs.data.slice(row * size, (row + 1) * size))));
  const measured = await measureRange(trial, names, { outputs, width, count });
  return measured === undefined
    ? []
    : [entryOf('sane-outputs', measured, ['near the rows the output stays between lower and upper'])];
}

/** Of images there is no feature that means something by itself. */
function examplesFor(
  model: OpenModel,
  rows: Rows | undefined,
  { inputs }: Range,
  name: string,
): readonly object[] {
  if (rows === undefined || !('ranges' in inputs)) return [];
  const named = Array.isArray(rows.parts.inputs)
    ? rows.parts.inputs.map(String)
    : inputs.ranges.map((_, at) => at);
  const range = inputs.ranges[0] ?? [0, 1];
  return tableExamples({ model: name, features: named, range, classes: classCount(model) });
}

const entryOf = (name: string, { property, comments }: Measured, first: readonly string[]): Entry => ({
  value: { name, ...property },
  comments: [...first, ...comments],
});

function modelWords({ typed }: OpenModel): string {
  const { input, output } = typed;
  const shape = (dims: readonly (number | string)[]) => `[${dims.join(', ')}]`;
  return `input "${input.name}" ${input.dtype} ${shape(input.shape)}, output "${output.name}" ${output.dtype} ${shape(output.shape)}`;
}

function findingsOf(model: OpenModel, rows: Rows | undefined, properties: readonly Entry[]): string[] {
  const count = rows?.dataset.inputs.shape[0] ?? 0;
  const data =
    rows === undefined
      ? []
      : [
          `data: ${plural(count, 'row')}${rows.labelled ? ', with labels' : ', without labels'}, ${unitWords(rows.chosen)}`,
          ...(rows.chosen.accuracy === undefined
            ? []
            : [`accuracy on the first rows: ${percent(rows.chosen.accuracy)}`]),
        ];
  const measured = properties.flatMap(({ value, comments }) => {
    const name = typeof value === 'object' && value !== null && 'name' in value ? String(value.name) : '';
    return comments.filter((line) => /^(measured|cannot)/.test(line)).map((line) => `${name}: ${line}`);
  });
  return [`model: ${modelWords(model)}`, ...data, ...measured];
}

/** Longer ones are no help in a report. */
const longestName = 24;

/** As the policy's names are to be. */
function nameOf(file: string, fallback: string): string {
  const base = basename(file.replace(/\.gz$/, ''));
  const name = basename(base, extname(base))
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  return name !== '' && name.length <= longestName ? name : fallback;
}
