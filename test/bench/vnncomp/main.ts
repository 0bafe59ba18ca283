// `npm run bench:vnncomp -- --instances FILE.csv [--filter RE] [--timeout-scale F] [--refute N] [--json FILE] [-- FLAG..]`: every instance as the
// competition runs it. The exit code is 1 where a verdict is wrong.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { argv, exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { messageOf } from '../../../src/base/user-error.js';
import { readInstances } from './instances.js';
import { type Measured, runInstance } from './run.js';
import { instanceLine, summaryOf, summaryText, titleLine } from './summary.js';

const usage = `usage: npm run bench:vnncomp -- --instances FILE.csv [options] [-- FLAG of "marauder prove"..]
  --instances FILE.csv   columns onnx,vnnlib,timeout_s,expected; paths relative to the file;
                         several networks as "[('f', 'a.onnx'), ('g', 'b.onnx')]"
  --filter RE            only lines that this regular expression matches, such as ',sat$'
  --timeout-scale F      of the file's timeouts; default: 1
  --refute N             try N points against every proof on the file itself, which takes time of its own
  --json FILE            all that was measured
`;

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      instances: { type: 'string' },
      filter: { type: 'string' },
      'timeout-scale': { type: 'string' },
      refute: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const timeoutScale = Number(values['timeout-scale'] ?? 1);
  const refutationPoints = Number(values.refute ?? 0);
  if (values.instances === undefined || !(timeoutScale > 0) || !(refutationPoints >= 0)) {
    stdout.write(usage);
    return 2;
  }
  const filter = values.filter === undefined ? undefined : new RegExp(values.filter);
  const instances = readInstances(resolve(values.instances), filter);
  const folder = mkdtempSync(join(tmpdir(), 'marauder-vnncomp-'));
  const all: Measured[] = [];
  try {
    stdout.write(`${titleLine}\n`);
    for (const instance of instances) {
      const measured = await runInstance(instance, {
        timeoutScale,
        folder,
        refutationPoints,
        flags: positionals,
      });
      all.push(measured);
      stdout.write(`${instanceLine(measured)}\n`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const summary = summaryOf(all);
  stdout.write(`\n${summaryText(summary)}\n`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ summary, all }, null, 2)}\n`);
  return summary.wrong > 0 ? 1 : 0;
}

/** What was asked for wrongly is said in a line: a wrong option, expression or file. */
const refused = (error: unknown): number => {
  stderr.write(`${messageOf(error)}\n\n${usage}`);
  return 2;
};

exit(await main(argv.slice(2)).catch(refused));
