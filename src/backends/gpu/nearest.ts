// Coverage distance (TensorFuzz, arXiv 1807.10875, section 3.3) where the activations are: the squared distance of each row's
// output to the nearest entry of a corpus, from differences, so that nothing cancels.
import { greatestFinite } from '../../base/dtype.js';
import type { Plan, Step } from './plan.js';
import { KernelWriter, literal } from './writer.js';

/** Entries that one thread compares. */
const perThread = 64;

/**
 * Steps to be added behind `before` steps of a plan; the last gives [1, rows]. The corpus is [capacity, outputs], of which the first
 * `entries` count.
 */
export function nearestSteps({ output, outputs }: Plan, before: number, capacity: number): Step[] {
  const parts = Math.ceil(capacity / perThread);
  const writer = new KernelWriter(parts);
  const read = writer.read(output);
  const [corpus, entries] = [writer.value('corpus'), writer.value('entries')];
  const least = writer.variable(literal(greatestFinite.float32));
  writer.line(`for (let j = 0; j < ${Math.min(perThread, capacity)}; j++) {
const entry = this.thread.y * ${perThread} + j;
if (entry < ${entries}) {
let distance = 0;
for (let k = 0; k < ${outputs}; k++) {
const difference = ${read('k')} - ${corpus}[entry][k];
distance += difference * difference;
}
if (distance < ${least}) { ${least} = distance; }
}
}`);
  const partial = writer.finish('nearest', least);
  const last = new KernelWriter(1);
  const readPart = last.read(before);
  const result = last.variable(readPart('0'));
  last.line(`for (let k = 0; k < ${parts}; k++) {
const part = ${readPart('k')};
if (part < ${result}) { ${result} = part; }
}`);
  return [partial, last.finish('nearest', result)];
}
