// `marauder inspect`: what a model is, and what can be done with it.
import { resolve } from 'node:path';
import { discoverTypes } from '../backends/discover-types.js';
import { sizeOf } from '../base/shape.js';
import { messageOf, UserError } from '../base/user-error.js';
import type { Dimension, Model } from '../graph/graph.js';
import type { TypedModel } from '../graph/typed-model.js';
import { loadModel } from '../onnx/load.js';
import { boundModel } from '../ops/bound-model.js';
import { describeOperators, type OperatorSummary } from '../ops/describe.js';
import { createRounding } from '../ops/rounding.js';
import { Program } from '../program/program.js';
import { count, oneLine, plural } from '../report/words.js';
import type { InspectOptions, Io } from './options.js';
import { createThreads } from './threads.js';

type ValueRow = {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly (number | string | null)[];
};

/** What `--json` prints. */
export type Inspection = {
  readonly file: string;
  readonly sha256: string;
  readonly producer: string;
  readonly opsets: Readonly<Record<string, number>>;
  readonly inputs: readonly ValueRow[];
  readonly outputs: readonly ValueRow[];
  readonly parameters: number;
  readonly nodes: number;
  /** Whether several inputs can be run as one batch; null where the model could not be run. */
  readonly batched: boolean | null;
  readonly operators: readonly OperatorSummary[];
  /** Why the model cannot be checked yet, null where it can. */
  readonly obstacle: string | null;
  /** Why its output cannot be bounded, and so nothing proved of it; null where it can. */
  readonly unbounded: string | null;
};

export async function runInspect(options: InspectOptions, io: Io): Promise<number> {
  const file = resolve(io.cwd, options.model);
  const { model, sha256 } = await loadModel(file);
  const inspection = { file: options.model, sha256, ...(await inspect(model, options.model)) };
  io.stdout.write(options.json ? `${JSON.stringify(inspection, null, 2)}\n` : text(inspection, io));
  return 0;
}

async function inspect(model: Model, file: string): Promise<Omit<Inspection, 'file' | 'sha256'>> {
  const typed = await typedModel(model, file);
  const inputs = typed instanceof UserError ? model.graph.inputs : typed.graph.inputs;
  return {
    producer: model.producer,
    opsets: Object.fromEntries([...model.opsets].map(([domain, version]) => [domain || 'ai.onnx', version])),
    inputs: inputs.map(valueRow),
    outputs: model.graph.outputs.map(({ name, ...declared }) => {
      const found = typed instanceof UserError ? undefined : typed.types.get(name);
      return valueRow({ name, ...(found ?? declared) });
    }),
    parameters: [...model.graph.constants.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    nodes: model.graph.nodes.length,
    batched: typed instanceof UserError ? null : typed.batched,
    operators: describeOperators(typed instanceof UserError ? untyped(model) : typed),
    obstacle: typed instanceof UserError ? typed.details.problem : null,
    unbounded: typed instanceof UserError ? 'the model could not be run' : reasonAgainstBounds(typed),
  };
}

/** A model that cannot be run is still worth looking at. */
async function typedModel(model: Model, file: string): Promise<TypedModel | UserError> {
  const runtime = createThreads(1);
  try {
    return await discoverTypes(model, file, runtime);
  } catch (error) {
    if (error instanceof UserError) return error;
    return new UserError('UNSUPPORTED_MODEL', { where: file, problem: messageOf(error) });
  } finally {
    await runtime.close();
  }
}

/** Builds the bounds, which is cheap, without running them. */
function reasonAgainstBounds(model: TypedModel): string | null {
  const p = new Program();
  const { dtype, shape } = model.input;
  const box = { lower: p.input('lower', dtype, shape), upper: p.input('upper', dtype, shape) };
  try {
    boundModel(p, model, box, createRounding('float32', 'deployed')).bounds(model.output.name);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

function untyped(model: Model): TypedModel {
  const nothing = { name: '', dtype: 'float32', shape: [] } as const;
  return { ...model, types: new Map(), folded: new Map(), batched: false, input: nothing, output: nothing };
}

const valueRow = ({
  name,
  dtype,
  shape,
}: {
  name: string;
  dtype: string | undefined;
  shape: readonly Dimension[] | undefined;
}): ValueRow => ({
  name,
  dtype: dtype ?? 'not a tensor',
  shape: (shape ?? []).map((dim) => dim ?? null),
});

function text(inspection: Inspection, { style }: Io): string {
  const row = (label: string, value: string) => `${style.faint(label.padStart(10))}  ${value}`;
  const value = ({ name, dtype, shape }: ValueRow) =>
    `${oneLine(name)}  ${style.faint(`${dtype} [${shape.map((dim) => dim ?? '?').join(', ')}]`)}`;
  const opsets = Object.entries(inspection.opsets)
    .map(([domain, version]) => `${domain} ${version}`)
    .join(', ');
  const width = Math.max(...inspection.operators.map(({ type }) => type.length), 0);
  const operators = inspection.operators.map(({ type, nodes, bounded, reason }) => {
    const words = bounded ? style.good('bounded') : style.warn(reason ?? 'fuzzed only');
    return `            ${oneLine(type).padEnd(width)}  ${style.faint(`${nodes}`.padStart(4))}  ${words}`;
  });
  const lines = [
    row(
      'Model',
      `${style.strong(inspection.file)}  ${style.faint(`sha256 ${inspection.sha256.slice(0, 16)}…`)}`,
    ),
    ...inspection.inputs.map((input) => row('Input', value(input))),
    ...inspection.outputs.map((output) => row('Output', value(output))),
    row('Parameters', count(inspection.parameters)),
    row(
      'Opset',
      `${opsets}${inspection.producer === '' ? '' : style.faint(`  written by ${oneLine(inspection.producer)}`)}`,
    ),
    row('Batch', batchWords(inspection)),
    row('Operators', `${plural(inspection.nodes, 'node')}`),
    ...operators,
    row('Verdict', verdictWords(inspection, style)),
  ];
  return `${lines.join('\n')}\n`;
}

function batchWords({ batched }: Inspection): string {
  if (batched === null) return 'unknown: the model could not be run';
  return batched ? 'any size' : 'one input at a time, because rows of a batch would not be independent';
}

function verdictWords({ obstacle, unbounded }: Inspection, style: Io['style']): string {
  if (obstacle !== null) return `${style.bad('cannot be checked yet')}: ${oneLine(obstacle)}`;
  if (unbounded === null) return style.good('can be fuzzed and bounded');
  return `${style.warn('can be fuzzed, not bounded')}: ${oneLine(unbounded)}`;
}
