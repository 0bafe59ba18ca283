// TensorFuzz's first experiment (arXiv 1807.10875, section 4.1): how many executions until some value of an MNIST network with an
// unsafe loss is NaN or infinite. Three initialisations, ten seeds each: a seed draws the run's numbers and picks the digit it starts from.
import { createWorkerRuntime } from '../../../src/program/worker-runtime.js';
import { median, quantile } from '../statistics/quantile.js';
import { type Bench, type Experiment, type Outcome, requireAtLeast, requireAtMost } from './experiment.js';
import { methods } from './methods/index.js';
import { firstFinding, type Method } from './methods/method.js';
import { type MnistLab, withMnist } from './mnist-networks.js';
import { initialisations } from './networks/recipes.js';
import { type Trained, unsafeNetwork } from './networks/trained.js';
import { nonFiniteTarget } from './targets/non-finite.js';
import { grid, whole } from './words.js';

/** TensorFuzz, measured on this project's kind of machine after porting it to a current TensorFlow: median of nine runs. */
const tensorFuzzMedian = 31_977;
const budget = 300_000;
const seedsEach = 10;

const compared = [methods.guided, methods.withoutGradients, methods.withoutFeedback] as const;
/** Runs that are not expected to end are not repeated as often: 300,000 executions each. */
const initialisationsOfBaseline = 1;

type Row = {
  readonly method: string;
  readonly runs: number;
  readonly found: number;
  /** Executions to the first confirmed finding, per run; null where there was none. */
  readonly executions: readonly (number | null)[];
};

export const nonFiniteExperiment: Experiment = {
  title: 'Non-finite values in an MNIST network with an unsafe loss (784-200-100-10), any image allowed',
  run: (bench) => withMnist(bench, (lab) => measure(bench, lab)),
};

async function measure({ brief, progress }: Bench, lab: MnistLab): Promise<Outcome> {
  const networks: Trained[] = [];
  for (const seed of brief ? initialisations.slice(0, 1) : initialisations)
    networks.push(await unsafeNetwork(lab, seed));
  const rows: Row[] = [];
  for (const method of compared) {
    const used = method === methods.withoutFeedback ? networks.slice(0, initialisationsOfBaseline) : networks;
    rows.push(await runsOf(method, used, lab, brief ? 2 : seedsEach, brief ? 20_000 : budget, progress));
  }
  const [guided, coverage] = rows.map(({ executions }) => executions.map((value) => value ?? Infinity));
  const all = networks.length * (brief ? 2 : seedsEach);
  return {
    lines: [
      ...networks.map(
        ({ name, accuracy }) =>
          `${name}: ${(100 * accuracy.train).toFixed(1)} % of its 9,000 training digits, ${(100 * accuracy.test).toFixed(1)} % of 1,000 others`,
      ),
      ...grid(
        ['method', 'found', 'median', '10 %', '90 %', 'slowest'],
        rows.map(({ method, runs, found, executions }) => [
          method,
          `${found} of ${runs}`,
          ...[0.5, 0.1, 0.9, 1].map((at) =>
            whole(
              quantile(
                executions.map((value) => value ?? Infinity),
                at,
              ),
            ),
          ),
        ]),
      ),
      `executions to the first confirmed finding, at most ${whole(brief ? 20_000 : budget)}; TensorFuzz: 9 of 9, median ${whole(tensorFuzzMedian)}; its mutator without feedback: 0 of 3 in 300,000`,
    ],
    requirements: [
      requireAtLeast('found with gradients', rows[0]?.found ?? 0, all, whole),
      requireAtMost('median with gradients', median(guided ?? []), 100, whole),
      requireAtLeast('found without gradients', rows[1]?.found ?? 0, all, whole),
      requireAtMost('median without gradients', median(coverage ?? []), tensorFuzzMedian, whole),
    ],
    figures: { accuracies: networks.map(({ name, accuracy }) => ({ name, ...accuracy })), rows },
  };
}

async function runsOf(
  method: Method,
  networks: readonly Trained[],
  { mnist }: MnistLab,
  seeds: number,
  executions: number,
  progress: Bench['progress'],
): Promise<Row> {
  const found: (number | null)[] = [];
  // Two workers take turns on a run's batches; the result is that of one.
  const runtime = createWorkerRuntime(2);
  for (const network of networks) {
    for (let seed = 1; seed <= seeds; seed++) {
      const target = await nonFiniteTarget(network, mnist, seed, runtime);
      const run = await method.run(target, { executions, first: true }, seed, runtime);
      if (run === undefined) throw new Error(`${method.name} does not apply`);
      found.push(firstFinding(run) ?? null);
      progress(`${method.name}, ${network.name}, seed ${seed}: ${whole(found.at(-1) ?? Infinity)}`);
    }
  }
  await runtime.close();
  return {
    method: method.name,
    runs: found.length,
    found: found.filter((at) => at !== null).length,
    executions: found,
  };
}
