// What a model's properties come to on a few rows: what can be decided, and how far from the rows.
import type { Clock } from '../../base/deadline.js';
import type { PropertyReport } from '../../findings/report.js';
import { count, duration, plural } from '../../report/words.js';
import type { Trial } from './trial.js';

export type Measured = {
  /** Keys of the property, but for its name. */
  readonly property: Readonly<Record<string, unknown>>;
  readonly comments: readonly string[];
};

type Limits = {
  /** When measuring is over, on `clock`. */
  readonly endsAt: number;
  /** From the beginning. */
  readonly measuringMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

const finiteSeconds = 3;

export async function measureFinite(
  trial: Trial,
  model: string,
  data: string | undefined,
): Promise<Measured> {
  const property = { kind: 'finite', model, ...(data !== undefined && { data, rows: 1 }) };
  const report = await trial({
    ...property,
    expect: 'tested',
    budget: { seconds: finiteSeconds, executions: 2000 },
  });
  const { proved, violated } = report.verdicts;
  const [instance] = report.instances;
  const expect = proved > 0 ? 'proved' : 'tested';
  const witness = instance?.verdict.kind === 'violated' ? instance.verdict.witness.summary : undefined;
  const found =
    proved > 0
      ? 'measured: bounds prove it'
      : violated > 0
        ? `measured: not so today: ${witness}`
        : `measured: no proof${because(report)}, and nothing found in ${plural(report.executions, 'execution')}`;
  return { property: { kind: 'finite', model, expect }, comments: [found] };
}

const because = ({ notes }: PropertyReport): string => {
  const why = notes.find((note) => note.startsWith('cannot be proved'));
  return why === undefined ? '' : ` (${why.replace(/^.*?: /, '')})`;
};

/** Of the width of the input range, the greatest first. */
const shares = [0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001, 0.00001];
/** Where the search begins: near enough for most networks, so that there is something to write. */
const firstShare = 6;
/** Of the time, at most: tests come after it. */
const proving = 0.6;
const rowsTried = 10;
/** Of a trial, as parts of the time for all of them. */
const trialShare = 1 / 6;
const leastTrialMs = 200;
const trialExecutions = 3000;
/** Share of the rows that have to hold for a distance to suit. */
const enough = 0.7;
/** What the policy's own run of it may take. */
const runSeconds = 10;
const mostRows = 100;

export type RobustnessAsked = {
  readonly model: string;
  readonly data: string;
  readonly rows: number;
  readonly width: number;
  readonly class: 'label' | 'predicted';
  /** Why nothing can be proved; null where it may be. */
  readonly unbounded: string | null;
};

/** The greatest distance that suits, proved if that can be, else tested. */
export async function measureRobustness(
  trial: Trial,
  asked: RobustnessAsked,
  limits: Limits,
): Promise<Measured> {
  if (asked.unbounded === null) {
    const proved = await greatest(trial, asked, 'proved', sooner(limits));
    if (proved !== undefined) return robustness(asked, 'proved', proved, []);
  }
  const why =
    asked.unbounded === null
      ? 'measured: no distance was proved in a few seconds'
      : `cannot be proved: ${asked.unbounded}`;
  const tested = await greatest(trial, asked, 'tested', limits);
  return robustness(asked, 'tested', tested, [why]);
}

const sooner = ({ endsAt, clock, ...rest }: Limits): Limits => {
  const now = clock();
  return { ...rest, clock, endsAt: now + (endsAt - now) * proving };
};

type Tried = {
  readonly linfEpsilon: number;
  readonly report: PropertyReport;
  readonly rows: number;
  readonly milliseconds: number;
};

/** By bisection: what holds far from the rows holds near them. Undefined where nothing suits. */
async function greatest(
  trial: Trial,
  asked: RobustnessAsked,
  expect: 'proved' | 'tested',
  limits: Limits,
): Promise<Tried | undefined> {
  const { endsAt, clock, signal } = limits;
  let [from, to] = [0, shares.length];
  let found: Tried | undefined;
  for (let at = firstShare; from < to && !signal.aborted; at = (from + to) >> 1) {
    const tried = await attempt(trial, asked, expect, shares[at] ?? 0, limits);
    if (good(tried) >= enough) [found, to] = [tried, at];
    else from = at + 1;
    if (clock() >= endsAt) break;
  }
  return found;
}

async function attempt(
  trial: Trial,
  asked: RobustnessAsked,
  expect: 'proved' | 'tested',
  share: number,
  { clock, measuringMs }: Limits,
): Promise<Tried> {
  const trialMs = Math.max(leastTrialMs, measuringMs * trialShare);
  const linfEpsilon = Number((share * asked.width).toPrecision(2));
  const rows = Math.min(rowsTried, asked.rows);
  const started = clock();
  const report = await trial({
    kind: 'robustness',
    model: asked.model,
    data: asked.data,
    rows,
    linfEpsilon,
    class: asked.class,
    expect,
    budget: { seconds: trialMs / 1000, executions: trialExecutions },
  });
  return { linfEpsilon, report, rows, milliseconds: clock() - started };
}

const good = ({ report }: Tried): number => report.share.reached;

function robustness(
  asked: RobustnessAsked,
  expect: 'proved' | 'tested',
  tried: Tried | undefined,
  why: readonly string[],
): Measured {
  const { model, data } = asked;
  const linfEpsilon = tried?.linfEpsilon ?? Number(((shares.at(-1) ?? 0) * asked.width).toPrecision(2));
  const { rows, executions } = effort(tried, asked);
  const reached = tried === undefined ? 0 : good(tried);
  // Other rows are not quite like the first ones.
  const share = Math.floor((reached - 0.2) * 20) / 20;
  const property = {
    kind: 'robustness',
    model,
    data,
    rows,
    linfEpsilon,
    class: asked.class,
    expect,
    ...(tried !== undefined && { share }),
    budget: { seconds: runSeconds, executions },
  };
  return { property, comments: [...why, tried === undefined ? nowhere : triedWords(tried, expect)] };
}

const nowhere = 'measured: even so near the first rows it did not hold, or time was short: this may fail';

function triedWords({ report, rows, milliseconds, linfEpsilon }: Tried, expect: string): string {
  const { proved, tested, violated } = report.verdicts;
  const kept = expect === 'proved' ? proved : proved + tested;
  return `measured at ${linfEpsilon}: ${count(kept)} of the first ${plural(rows, 'row')} ${expect}, ${count(violated)} violated, in ${duration(milliseconds)}`;
}

/** As many rows and executions as the time allows, by the trial's speed. */
function effort(tried: Tried | undefined, asked: RobustnessAsked): { rows: number; executions: number } {
  if (tried === undefined) return { rows: Math.min(asked.rows, rowsTried), executions: trialExecutions };
  const perRow = tried.milliseconds / tried.rows;
  const fitting = Math.floor((runSeconds * 1000 * 0.6) / Math.max(perRow, 1));
  const rows = Math.max(
    1,
    Math.min(asked.rows, mostRows, Math.max(fitting, Math.min(rowsTried, asked.rows))),
  );
  const each = Math.max(100, Math.floor(trialExecutions / tried.rows));
  // So that executions end the run, which is then repeatable, and not time.
  const speed = tried.report.executions / tried.milliseconds;
  const affordable = Math.floor(speed * runSeconds * 1000 * 0.6);
  const executions = tried.report.expect === 'tested' ? Math.min(rows * each, affordable) : rows * each;
  return { rows, executions: Math.max(executions, rows) };
}
