// float32 against float16 (TensorFuzz, arXiv 1807.10875, section 4.3): one disagreement for each of 100 digits, within linf 0.4 where pixels
// are -1 to 1. What is found lies near a boundary, so findings are ranked by how clear they are.
import { createDeadline } from '../../../src/base/deadline.js';
import { fuzz } from '../../../src/fuzz/fuzz.js';
import { mutators } from '../../../src/fuzz/mutators/index.js';
import { greatestBatch } from '../../../src/fuzz/rows-within.js';
import { createWorkerRuntime } from '../../../src/program/worker-runtime.js';
import { quantile } from '../statistics/quantile.js';
import { type Bench, type Experiment, type Outcome, requireAtLeast } from './experiment.js';
import { guided } from './methods/fuzzing.js';
import { createCollector } from './methods/method.js';
import { type MnistLab, withMnist } from './mnist-networks.js';
import { classifier } from './networks/trained.js';
import { precisionTarget } from './targets/precision.js';
import { share, whole } from './words.js';

const linfEpsilon = 0.4;
const executionsPerImage = 20_000;

export const precisionExperiment: Experiment = {
  title: 'float32 against float16 within linf 0.4 (784-200-100-10, MNIST)',
  run: (bench) => withMnist(bench, (lab) => measure(bench, lab)),
};

async function measure({ brief, progress }: Bench, lab: MnistLab): Promise<Outcome> {
  const images = brief ? 20 : 100;
  const network = await classifier(lab);
  const runtime = createWorkerRuntime(2);
  const target = await precisionTarget(network, lab.mnist, { images, linfEpsilon }, runtime);
  const collector = createCollector(target);
  const spent = new Map<number, number>();
  const { executions } = await fuzz(
    target.fuzzed,
    {
      ...guided,
      mutators: Object.values(mutators),
      decides: true,
      seed: 1,
      executions: images * (brief ? 2000 : executionsPerImage),
      deadline: createDeadline(Infinity, () => performance.now()),
      rowsPerBatch: greatestBatch,
    },
    {
      confirm: async (hit) => {
        if (hit.objective !== target.fuzzed.objective || !(await collector.confirm(hit))) return false;
        if (!spent.has(hit.instance)) spent.set(hit.instance, hit.instanceExecutions);
        return true;
      },
      progress: (state) => progress(`${whole(state.executions)} executions, ${state.open} images open`),
    },
    runtime,
  );
  await runtime.close();
  const until = Array.from({ length: images }, (_, image) => spent.get(image) ?? Infinity);
  // The clearest first: the most negative margin of the second model for the first one's class.
  const margins = collector.found.map(({ margin }) => margin ?? Number.NaN).sort((a, b) => a - b);
  const valid = collector.found.filter(({ isValid }) => isValid).length;
  return {
    lines: [
      `${spent.size} of ${images} images, ${whole(executions)} executions in all; per image median ${whole(quantile(until, 0.5))}, 90 % ${whole(quantile(until, 0.9))}`,
      `margins, the clearest first: ${margins
        .slice(0, 5)
        .map((margin) => margin.toExponential(1))
        .join(', ')}; median ${margins.length === 0 ? 'none' : quantile(margins, 0.5).toExponential(1)}`,
      `valid: ${share(collector.found.length === 0 ? 0 : valid / collector.found.length)}; TensorFuzz's paper: 70 % of images`,
    ],
    requirements: [requireAtLeast('share of images with a disagreement', spent.size / images, 0.99, share)],
    figures: { images, found: spent.size, executions, perImage: [...spent.values()], margins, valid },
  };
}
