// What the methods are compared on.

import type { Runtime } from '../../../../src/program/session.js';
import type { Bench, Skipped } from '../experiment.js';
import { withMnist } from '../mnist-networks.js';
import { unsafeNetwork } from '../networks/trained.js';
import { faults, volumeOf } from '../planted/faults.js';
import { agreementTarget, robustnessTarget } from '../targets/digits.js';
import { nonFiniteTarget } from '../targets/non-finite.js';
import { plantedTarget } from '../targets/planted.js';
import type { BenchTarget } from '../targets/target.js';

export type Compared = {
  readonly name: string;
  /** Executions of each run. */
  readonly executions: number;
  /** What a reader must know. */
  readonly note: string;
  open(bench: Bench, runtime: Runtime): Promise<((seed: number) => Promise<BenchTarget>) | Skipped>;
};

const always =
  (target: BenchTarget): ((seed: number) => Promise<BenchTarget>) =>
  async () =>
    target;

export const comparedTargets: readonly Compared[] = [
  {
    name: 'non-finite, MNIST 784-200-100-10',
    executions: 50_000,
    note: 'one digit as the seed, any image allowed; a failure is the first node whose result is not finite',
    open: async (bench, runtime) =>
      withMnist(bench, async (lab) => {
        const network = await unsafeNetwork(lab, 1);
        return (seed: number) => nonFiniteTarget(network, lab.mnist, seed, runtime);
      }),
  },
  {
    name: 'robustness, example CNN',
    executions: 50_000,
    note: '100 digits, linf 0.1; a failure is a digit and the class that it is taken for',
    open: async ({ root }, runtime) =>
      always(await robustnessTarget(root, { digits: 100, linfEpsilon: 0.1 }, runtime)),
  },
  {
    name: 'agreement of the example CNN in float32 and int8',
    executions: 50_000,
    note: '100 digits, linf 0.1; a failure is a digit and the two classes',
    open: async ({ root }, runtime) =>
      always(await agreementTarget(root, { digits: 100, linfEpsilon: 0.1 }, runtime)),
  },
  {
    name: 'planted faults',
    executions: 100_000,
    note: `${faults.length} faults with known regions; a uniform draw lies in them with probability ${faults.map((fault) => volumeOf(fault).toExponential(0)).join(', ')}`,
    open: async (_bench, runtime) => always(await plantedTarget(runtime)),
  },
];
