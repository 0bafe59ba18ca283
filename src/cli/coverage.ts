// `marauder coverage`: all coverage criteria of a model for a given test set.
import { createDeadline } from '../base/deadline.js';
import { coverageCriteria } from '../fuzz/coverage/index.js';
import {
  countNonFinite,
  type Distribution,
  type MeasuredCoverage,
  measureCoverage,
} from '../fuzz/coverage/measure.js';
import { parseCriteria } from '../fuzz/coverage/parse.js';
import { objectives } from '../fuzz/objectives/index.js';
import type { Encode } from '../ops/encoding.js';
import type { Dataset } from '../policy/dataset.js';
import { runtimeVersion } from '../program/ort.js';
import { count, oneLine, plural } from '../report/words.js';
import { fitRows } from './check/fit.js';
import { type OpenModel, openModel } from './check/models.js';
import { withPlace } from './check/runtime-failure.js';
import { withLayers } from './fuzz/choices.js';
import { sha256OfPath } from './hash.js';
import { interruptedExitCode } from './interrupt.js';
import type { CoverageOptions, DataOptions, Io } from './options.js';
import { chosenRows, loadRows } from './rows.js';
import { type Column, table } from './table.js';
import { createThreads } from './threads.js';
import { version } from './version.js';
import { fitted } from './wrap.js';

export async function runCoverage(options: CoverageOptions, io: Io): Promise<number> {
  const started = io.clock();
  const criteria =
    options.criteria === undefined ? Object.values(coverageCriteria) : parseCriteria(options.criteria);
  const runtime = createThreads(options.workers);
  try {
    const model = await openModel({ name: options.model, file: options.model }, runtime);
    const inputs = await rowsFor(model, options.data);
    const calibration =
      options.calibration === undefined ? inputs : await rowsFor(model, options.calibration);
    const measurement = {
      encode: encodeOf(model, options.layers),
      batched: model.typed.batched,
      criteria,
      calibration: calibration.inputs,
      inputs: inputs.inputs,
      deadline: createDeadline(Infinity, io.clock, io.signal),
    };
    const measured = await withPlace(model.file, () => measureCoverage(measurement, runtime));
    const nonFinite = await withPlace(model.file, () => countNonFinite(measurement, runtime));
    const result = {
      ...about(model, options),
      rows: inputs.inputs.shape[0] ?? 0,
      calibrationRows: calibration.inputs.shape[0] ?? 0,
      nonFiniteRows: nonFinite ?? null,
      criteria: measured,
      interrupted: io.signal.aborted,
      timing: { totalMs: io.clock() - started, workers: runtime.workers },
    };
    io.stdout.write(
      options.json
        ? `${JSON.stringify(result, null, 2)}\n`
        : `${text(measured, model, io)}${notes(result, criteria.length, io)}`,
    );
    return result.interrupted ? interruptedExitCode : 0;
  } finally {
    await runtime.close();
  }
}

function encodeOf({ typed }: OpenModel, layers: readonly string[] | undefined): Encode {
  const target = { encode: objectives.finite(typed) };
  return (layers === undefined ? target : withLayers(target, layers)).encode;
}

async function rowsFor(model: OpenModel, data: DataOptions): Promise<Dataset> {
  const dataset = chosenRows('coverage', await loadRows(data), data);
  const hint = 'name another array or other columns with --inputs, or another model';
  return fitRows({ dataset, file: data.file }, model, hint);
}

const hashed = (file: string) => ({ file, sha256: sha256OfPath(file) });

const about = ({ file, sha256 }: OpenModel, { data, calibration }: CoverageOptions) => ({
  schemaVersion: 1,
  tool: { name: 'marauder', version, onnxruntime: runtimeVersion() },
  model: { file, sha256 },
  data: hashed(data.file),
  calibration: hashed((calibration ?? data).file),
});

function text(measured: readonly MeasuredCoverage[], { file }: OpenModel, { style, stdout }: Io): string {
  const width = stdout.isTTY && stdout.columns ? stdout.columns - 1 : undefined;
  const columns: Column[] = [
    { title: 'Criterion', cells: measured.map(({ criterion }) => criterion), cut: 'end' },
    { title: 'Covered', cells: measured.map(({ covered }) => percentage(covered)), align: 'right' },
    { title: 'What', cells: measured.map(explained), cut: 'end', least: 20 },
  ];
  const header = `${style.strong(`marauder ${version}`)}  ${oneLine(file)}`;
  return `${[header, '', ...table(columns, width, style)].join('\n')}\n`;
}

type Noted = {
  readonly rows: number;
  readonly nonFiniteRows: number | null;
  readonly criteria: readonly unknown[];
  readonly interrupted: boolean;
};

/** What must not be read out of the table. */
function notes(
  { rows, nonFiniteRows, criteria, interrupted }: Noted,
  asked: number,
  { style, stdout }: Io,
): string {
  const words = [
    ...(interrupted
      ? [`interrupted after ${count(criteria.length)} of ${plural(asked, 'criterion', 'criteria')}`]
      : []),
    ...(nonFiniteRows === null || nonFiniteRows === 0
      ? []
      : [
          `${count(nonFiniteRows)} of ${plural(rows, 'row')} make some value NaN or infinite; such values cover nothing`,
        ]),
  ];
  return words.map((note) => `\n${fitted(`${style.warn('note:')} ${note}`, stdout)}\n`).join('');
}

const percentage = (share: number | null): string => (share === null ? '' : `${(100 * share).toFixed(1)} %`);

function explained({ value, covered, detail, distribution }: MeasuredCoverage): string {
  const number =
    value === null || covered !== null || detail.startsWith(String(value)) ? '' : `${rounded(value)}: `;
  return `${number}${detail}${distribution === null ? '' : `; ${quartiles(distribution)}`}`;
}

const quartiles = ({ least, median, greatest }: Distribution): string =>
  `from ${rounded(least)} to ${rounded(greatest)}, median ${rounded(median)}`;

const rounded = (value: number): string => String(Number(value.toPrecision(4)));
