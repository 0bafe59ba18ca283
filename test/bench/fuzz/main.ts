// `npm run bench:fuzz [-- EXPERIMENT... --brief --json FILE]`: the figures of the fuzzer, each ratio measured in one run.
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { messageOf } from '../../../src/base/user-error.js';
import type { Bench, Experiment, Outcome, Skipped } from './experiment.js';
import { experiments } from './experiments.js';
import { describeMachine, machineLine } from './machine.js';

const root = new URL('../../../../', import.meta.url).pathname;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { brief: { type: 'boolean', default: false }, json: { type: 'string' } },
  });
  const known: Readonly<Record<string, Experiment>> = experiments;
  const names = positionals.length === 0 ? Object.keys(known) : positionals;
  const unknown = names.filter((name) => known[name] === undefined);
  if (unknown.length > 0) {
    process.stderr.write(`no experiment ${unknown.join(', ')}; there are ${Object.keys(known).join(', ')}\n`);
    return 2;
  }
  const machine = describeMachine();
  console.log(machineLine(machine));
  if (values.brief) console.log('brief: few seeds and short runs, no figures to quote');
  const results: Record<string, Outcome | Skipped | { failed: string }> = {};
  for (const name of names) {
    const experiment = known[name];
    if (experiment !== undefined) results[name] = await perform(name, experiment, values.brief);
  }
  if (values.json !== undefined)
    writeFileSync(
      values.json,
      `${JSON.stringify({ machine, brief: values.brief, results }, undefined, 2)}\n`,
    );
  return Object.values(results).some((result) => 'failed' in result) ? 1 : 0;
}

/** What is going on goes to standard error, so that the tables can be piped. */
async function perform(
  name: string,
  { title, run }: Experiment,
  brief: boolean,
): Promise<Outcome | Skipped | { failed: string }> {
  const from = performance.now();
  const seconds = () => `${((performance.now() - from) / 1000).toFixed(0)} s`;
  const bench: Bench = {
    root,
    shared: `${root}../shared`,
    cache: tmpdir(),
    brief,
    progress: (line) => process.stderr.write(`  ${name}, ${seconds()}: ${line}\n`),
  };
  console.log(`\n${title}`);
  try {
    const result = await run(bench);
    for (const line of 'skipped' in result ? [`skipped: ${result.skipped}`] : printed(result))
      console.log(line);
    console.log(`(${name}: ${seconds()})`);
    return result;
  } catch (error) {
    console.log(`FAILED after ${seconds()}: ${messageOf(error)}`);
    return { failed: messageOf(error) };
  }
}

const printed = ({ lines, requirements }: Outcome): string[] => [
  ...lines,
  ...requirements.map(
    ({ what, must, measured, holds }) =>
      `${holds ? 'holds ' : 'MISSES'}  ${what}: ${measured} (must be ${must})`,
  ),
];

process.exitCode = await main();
