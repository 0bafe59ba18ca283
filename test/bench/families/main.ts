// `npm run bench:families [family ...]`: every benchmark network loads, runs, is differentiated and bounded; with what it takes.
// One process per network, so that memory peaks are its own. Needs ../shared/benchmarks.
import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { argv, execPath, exit, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../../src/base/user-error.js';
import { benchmarkNetworks } from '../../helpers/benchmarks.js';
import { type Measurement, measure } from './measure.js';

const folder = new URL('../../../../../shared/benchmarks/', import.meta.url).pathname;
const memoryBytes = 2 ** 31;
const timeoutMs = 600_000;

const columns = [
  ['family', 19],
  ['network', 34],
  ['ops', 4],
  ['nodes', 6],
  ['difference', 11],
  ['IBP s', 8],
  ['CROWN s', 9],
  ['(first)', 9],
  ['IBP MiB', 8],
  ['CROWN MiB', 10],
  ['IBP width', 11],
  ['CROWN width', 12],
  ['looser', 7],
  ['outside', 8],
] as const;

const line = (cells: readonly string[]): string =>
  cells
    .map((cell, at) => (at < 2 ? cell.padEnd(columns[at]?.[1] ?? 0) : cell.padStart(columns[at]?.[1] ?? 0)))
    .join(' ');

/** JSON has no infinity: null is a width of bounds that are not finite. */
const width = (mean: number | null): string => (mean === null ? 'unbounded' : mean.toPrecision(4));

function row(family: string, file: string, found: Measurement): string {
  const { operators, nodes, difference, ibp, crown, widths, looser, samples, ascents, escaped } = found;
  const checks =
    escaped === 0 && ascents > 0 && samples > 0 ? '0' : `${escaped}${ascents > 0 ? '' : ' (no gradient)'}`;
  return line([
    family,
    basename(file).slice(0, 34),
    `${operators}`,
    `${nodes}`,
    difference.toExponential(1),
    ibp.seconds.toFixed(3),
    crown.seconds.toFixed(3),
    crown.firstSeconds.toFixed(2),
    ibp.peakMiB.toFixed(0),
    crown.peakMiB.toFixed(0),
    ...widths.map(width),
    `${looser}`,
    checks,
  ]);
}

async function child(file: string): Promise<void> {
  const network = benchmarkNetworks(folder).find((each) => each.file === file);
  if (network === undefined) throw new RangeError(`no network ${file}`);
  stdout.write(JSON.stringify(await measure(network, memoryBytes)));
}

function parent(families: readonly string[]): number {
  const networks = benchmarkNetworks(folder).filter(
    ({ family }) => families.length === 0 || families.includes(family),
  );
  if (networks.length === 0) {
    stdout.write(`skipped: no benchmarks in ${folder}\n`);
    return 0;
  }
  stdout.write(`${line(columns.map(([title]) => title))}\n`);
  let failed = 0;
  for (const { family, file } of networks) {
    const run = spawnSync(execPath, [fileURLToPath(import.meta.url), '--network', file], {
      encoding: 'utf8',
      timeout: timeoutMs,
    });
    if (run.status === 0) {
      stdout.write(`${row(family, file, JSON.parse(run.stdout) as Measurement)}\n`);
      continue;
    }
    failed++;
    const reason =
      run.stderr
        .trim()
        .split('\n')
        .find((text) => text.includes('Error')) ?? `status ${run.status}`;
    stdout.write(`${line([family, basename(file).slice(0, 34)])} FAILED: ${reason.slice(0, 160)}\n`);
  }
  stdout.write(`${networks.length - failed} of ${networks.length} networks\n`);
  return failed === 0 ? 0 : 1;
}

const [flag, file] = argv.slice(2);
if (flag === '--network' && file !== undefined) {
  await child(file).catch((error: unknown) => {
    process.stderr.write(`Error: ${messageOf(error)}\n`);
    exit(1);
  });
} else exit(parent(argv.slice(2)));
