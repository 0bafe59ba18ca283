// Per-row flags: whether any result of a plan was NaN or infinite, found where the results are.
//
// |x| <= the greatest float32 is false for NaN and infinity on every device tried; x * 0 is not an alternative, because WGSL lets
// a compiler assume that neither occurs, and Mesa's folds it to 0.
import { greatestFinite } from '../../base/dtype.js';
import type { Plan, Step } from './plan.js';
import { sizeOfStep } from './plan.js';
import { KernelWriter, literal } from './writer.js';

/** Elements that one thread looks at. */
const perThread = 256;

/** Steps to be added behind those of a plan; the last gives [1, rows], 1 where something was not finite. */
export function watchSteps({ steps, watched }: Plan): Step[] {
  const added: Step[] = [];
  const add = (step: Step): number => steps.length + added.push(step) - 1;
  let flags: number | undefined;
  for (const each of watched) {
    const size = sizeOfStep(steps[each] as Step);
    const parts = Math.ceil(size / perThread);
    const partial = add(blockFlags(each, size, parts));
    flags = parts === 1 && flags === undefined ? partial : add(joinedFlags(partial, parts, flags));
  }
  return added;
}

function blockFlags(source: number, size: number, parts: number): Step {
  const writer = new KernelWriter(parts);
  const read = writer.read(source);
  const flag = writer.variable('0');
  writer.line(`for (let k = 0; k < ${Math.min(perThread, size)}; k++) {
const place = this.thread.y * ${perThread} + k;
if (place < ${size}) {
if (!(Math.abs(${read('place')}) <= ${literal(greatestFinite.float32)})) { ${flag} = 1; }
}
}`);
  return writer.finish('flags', flag);
}

function joinedFlags(partial: number, parts: number, before: number | undefined): Step {
  const writer = new KernelWriter(1);
  const read = writer.read(partial);
  const flag = writer.variable(before === undefined ? '0' : writer.read(before)('0'));
  writer.line(`for (let k = 0; k < ${parts}; k++) { if (${read('k')} > 0.5) { ${flag} = 1; } }`);
  return writer.finish('flags', flag);
}
