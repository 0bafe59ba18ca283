// A process of its own that judges files by number, so that its end is seen from outside.
import { existsSync, readFileSync } from 'node:fs';
import { createCases } from './cases.js';
import { judge, type Outcome } from './judge.js';

export type Report =
  | { readonly kind: 'started'; readonly number: number; readonly name: string }
  | { readonly kind: 'judged'; readonly number: number; readonly outcome: Outcome; readonly peakMiB: number };

const [root = '', from = '0', to = '0'] = process.argv.slice(2);
const caseOf = createCases(root);
const report = (message: Report) => new Promise<void>((resolve) => process.send?.(message, () => resolve()));

/** Where the system tells, of this program alone: what it was started from had memory of its own. */
function peakMiB(): number {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const peakKiB = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return (peakKiB === undefined ? process.resourceUsage().maxRSS : Number(peakKiB)) / 1024;
}

process.on('unhandledRejection', (reason) => {
  throw reason;
});
for (let number = Number(from); number < Number(to); number++) {
  const { name, bytes } = caseOf(number);
  await report({ kind: 'started', number, name });
  const outcome = await judge(bytes, `case-${number}.onnx`);
  await report({ kind: 'judged', number, outcome, peakMiB: peakMiB() });
}
process.disconnect();
