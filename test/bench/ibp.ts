// Interval bounds of all test digits of the robust network, sessions open.
import { boxesAround } from '../../src/policy/input-set.js';
import { createWorkerRuntime } from '../../src/program/worker-runtime.js';
import { boundMargins } from '../../src/verify/ibp.js';
import { exampleModel, pixelRange, testDigits } from './examples.js';

export async function benchIbp(root: string): Promise<string> {
  const runtime = createWorkerRuntime(2);
  const { typed } = await exampleModel(root, 'digits-mlp-robust', runtime);
  const digits = await testDigits(root);
  const boxes = boxesAround(digits, 0, 0.05, pixelRange);
  const labels = digits.labels ?? new Int32Array();
  const run = async () => {
    const from = performance.now();
    const margins = await boundMargins(typed, boxes, labels, 'deployed', runtime);
    return { ms: performance.now() - from, proved: margins.filter((margin) => margin > 0).length };
  };
  const first = await run();
  const second = await run();
  await runtime.close();
  return `IBP, ${labels.length} digits, linf 0.05           ${second.ms.toFixed(0)} ms (first time ${first.ms.toFixed(0)} ms, with compilation), ${second.proved} proved`;
}
