// `npm run bench`: the figures that the README quotes, each ratio measured in one run on this machine.
import { spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { benchCrown } from './crown.js';
import { benchIbp } from './ibp.js';

const root = new URL('../../../', import.meta.url).pathname;

function helpSeconds(): string {
  const times = Array.from({ length: 5 }, () => {
    const from = performance.now();
    spawnSync(process.execPath, [`${root}bin/marauder.js`, '--help']);
    return performance.now() - from;
  }).sort((a, b) => a - b);
  return `marauder --help                        median ${((times[2] ?? 0) / 1000).toFixed(2)} s of 5 runs`;
}

console.log(
  `${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}, load ${loadavg()[0]?.toFixed(2)}`,
);
console.log(helpSeconds());
console.log(await benchIbp(root));
for (const line of await benchCrown(root)) console.log(line);
