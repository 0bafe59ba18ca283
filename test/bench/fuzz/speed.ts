// Executions per second of the fuzzer as a share of plain batched inference of the same file at the same batch size. No hit is accepted,
// so that nothing is decided before the executions are spent; compilation and the first, small batches are left out.
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { createWorkerRuntime } from '../../../src/program/worker-runtime.js';
import { median } from '../statistics/quantile.js';
import { type Bench, type Experiment, type Requirement, requireAtLeast } from './experiment.js';
import { withMnist } from './mnist-networks.js';
import { classifier } from './networks/trained.js';
import { plainInference } from './speed/plain.js';
import { fuzzingRate, type Rate, type Setting, settings } from './speed/rate.js';
import { cnnSubject, mnistSubject, type Subject } from './speed/subjects.js';
import { inTurns, medianRatio } from './turns.js';
import { grid, whole } from './words.js';

const turns = 5;

export const speedExperiment: Experiment = {
  title:
    'Executions per second, as a share of plain inference of the same file in batches of 1,024 on one thread',
  run: async (bench) => {
    const cnn = await measure(bench, await cnnSubject(bench.root), cnnCases);
    const mnist = await withMnist(bench, async (lab) =>
      measure(bench, await mnistSubject(await classifier(lab), lab.mnist), mnistCases),
    );
    const tables = 'skipped' in mnist ? [cnn] : [cnn, mnist];
    return {
      lines: [
        ...tables.flatMap(({ lines }) => lines),
        ...('skipped' in mnist ? [`784-200-100-10 skipped: ${mnist.skipped}`] : []),
      ],
      requirements: tables.flatMap(({ requirements }) => requirements),
      figures: Object.fromEntries(tables.map(({ name, rates }) => [name, rates])),
    };
  },
};

type Case = Setting & {
  readonly corpus: number;
  readonly workers: 1 | 2;
  /** Least share of plain inference. */
  readonly least?: number;
};

const cnnCases: Readonly<Record<string, Case>> = {
  'activation distance, corpus 1,000': { ...settings.distance, corpus: 1000, workers: 1, least: 0.85 },
  'activation distance, corpus 100,000': { ...settings.distance, corpus: 100_000, workers: 1, least: 0.65 },
  'all cheap criteria': { ...settings.cheap, corpus: 1000, workers: 1 },
  'as marauder fuzz, all mutators': { ...settings.asShipped, corpus: 1000, workers: 1 },
  'activation distance, 2 workers': { ...settings.distance, corpus: 1000, workers: 2 },
};

const mnistCases: Readonly<Record<string, Case>> = {
  'activation distance, corpus 1,000': { ...settings.distance, corpus: 1000, workers: 1, least: 0.5 },
  'all cheap criteria': { ...settings.cheap, corpus: 1000, workers: 1 },
  'as marauder fuzz, all mutators': { ...settings.asShipped, corpus: 1000, workers: 1 },
  'activation distance, 2 workers': { ...settings.distance, corpus: 1000, workers: 2 },
};

const plainName = 'plain inference';
const distanceName = 'activation distance, corpus 1,000';

async function measure({ brief, progress }: Bench, subject: Subject, cases: Readonly<Record<string, Case>>) {
  const inline = createInlineRuntime();
  const runtimes = { 1: createWorkerRuntime(1), 2: createWorkerRuntime(2) };
  const plain = await plainInference(subject, inline, brief ? 200 : 600);
  const measures = Object.fromEntries(
    Object.entries(cases).map(([name, one]) => [
      name,
      () => fuzzingRate(subject, one, one.corpus, brief ? 300 : 1500, runtimes[one.workers]),
    ]),
  );
  const rates = await inTurns<string, Rate>({ [plainName]: plain, ...measures }, brief ? 2 : turns, (line) =>
    progress(`${subject.name}, ${line}`),
  );
  await Promise.all([inline.close(), runtimes[1].close(), runtimes[2].close()]);
  return {
    name: subject.name,
    rates,
    lines: table(subject, rates),
    requirements: requirements(subject, cases, rates),
  };
}

type Rates = Readonly<Record<string, readonly Rate[]>>;

const perSecond = (rates: Rates, name: string): number[] => (rates[name] ?? []).map((rate) => rate.perSecond);
const perCpuSecond = (rates: Rates, name: string): number[] =>
  (rates[name] ?? []).map((rate) => rate.perCpuSecond);
const ratio = (rates: Rates, over: string, under: string): number =>
  medianRatio(perSecond(rates, over), perSecond(rates, under));

const table = ({ name }: Subject, rates: Rates): string[] =>
  grid(
    [name, 'per second', 'of plain', 'per CPU second', 'of plain'],
    Object.keys(rates).map((each) => [
      `  ${each}`,
      whole(median(perSecond(rates, each))),
      ratio(rates, each, plainName).toFixed(2),
      whole(median(perCpuSecond(rates, each))),
      medianRatio(perCpuSecond(rates, each), perCpuSecond(rates, plainName)).toFixed(2),
    ]),
  );

function requirements({ name }: Subject, cases: Readonly<Record<string, Case>>, rates: Rates): Requirement[] {
  const shares = Object.entries(cases).flatMap(([each, { least }]) =>
    least === undefined ? [] : [requireAtLeast(`${name}, ${each}`, ratio(rates, each, plainName), least)],
  );
  const criteria = ratio(rates, 'all cheap criteria', distanceName);
  return [
    ...shares,
    requireAtLeast(`${name}, all cheap criteria against activation distance alone`, criteria, 2 / 3),
    requireAtLeast(
      `${name}, two workers against one`,
      ratio(rates, 'activation distance, 2 workers', distanceName),
      1.7,
    ),
  ];
}
