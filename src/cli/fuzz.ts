// `marauder fuzz`: a model or the properties of a policy, each searched for its share of the time, with a corpus that grows from
// run to run.

import { resolve } from 'node:path';
import { createDeadline } from '../base/deadline.js';
import type { Runtime } from '../program/session.js';
import { plural } from '../report/words.js';
import { createEvidence } from './check/evidence.js';
import { withPlace } from './check/runtime-failure.js';
import { assertWritableFolder } from './files.js';
import { writeListing } from './findings/listing.js';
import { onBackend } from './fuzz/backend.js';
import type { Campaign } from './fuzz/campaign.js';
import { chooseFuzzing, type FuzzChoices } from './fuzz/choices.js';
import { campaignsOfModel } from './fuzz/from-model.js';
import { type Campaigns, campaignsOfPolicy } from './fuzz/from-policy.js';
import { isModel } from './fuzz/is-model.js';
import { type CampaignResult, type CampaignRun, type FuzzObserver, runCampaign } from './fuzz/run.js';
import { fuzzSummary, summaryJson } from './fuzz/summary.js';
import { interruptedExitCode } from './interrupt.js';
import type { FuzzCommandOptions, Io } from './options.js';
import { createThreads } from './threads.js';
import { fitted } from './wrap.js';

const defaultSeconds = 60;

/** 0 without findings, 1 with some. */
export async function runFuzz(options: FuzzCommandOptions, io: Io): Promise<number> {
  const { found, results, seed } = await fuzzCampaigns(options, io);
  const text = options.json
    ? summaryJson(found, results, seed, io)
    : fitted(fuzzSummary(results, io), io.stdout);
  io.stdout.write(text);
  if (io.signal.aborted) return interruptedExitCode;
  if (results.some(({ session }) => session.findings.length > 0)) return 1;
  // What was not searched must not read as if nothing were there.
  return results.some(({ executions }) => executions === 0) ? 2 : 0;
}

export type Fuzzed = {
  readonly found: Campaigns;
  readonly results: readonly CampaignResult[];
  readonly seed: number;
};

/** All but the summary; with `json`, nothing is written to standard output. */
export async function fuzzCampaigns(
  options: FuzzCommandOptions,
  io: Io,
  observer?: FuzzObserver,
): Promise<Fuzzed> {
  assertWritableFolder(resolve(io.cwd, options.outputDir));
  const choices = chooseFuzzing(options);
  const runtime = createThreads(options.workers);
  try {
    const found = await openCampaigns(options, io, runtime);
    const seed = options.seed ?? found.seed;
    const shownIo = options.json ? { ...io, stdout: io.stderr } : io;
    if (!options.json) io.stdout.write(`${fitted(header(found, seed, io), io.stdout)}\n`);
    const results: CampaignResult[] = [];
    for (const [at, campaign] of found.campaigns.entries()) {
      if (io.signal.aborted) break;
      const share = shareOf(found.campaigns.length - at, found.campaigns.length, results, options);
      const world = { options, io: shownIo, runtime, observer };
      results.push(await fuzzOne(campaign, choices, seed, share, world));
    }
    writeListing(resolve(io.cwd, options.outputDir, 'findings'));
    return { found, results, seed };
  } finally {
    await runtime.close();
  }
}

async function openCampaigns(options: FuzzCommandOptions, io: Io, runtime: Runtime): Promise<Campaigns> {
  const { target } = options;
  return isModel(target)
    ? campaignsOfModel(target, options, io, runtime)
    : campaignsOfPolicy(options, io, runtime);
}

function header({ file, campaigns }: Campaigns, seed: number, { style }: Io): string {
  const claims = campaigns.map(
    ({ objectives, subject: { set } }) =>
      `  ${[...objectives].map(([name, { claim }]) => `${style.strong(name)}: ${claim}`).join('; ')} ${style.faint(`(${plural(set.lower.shape[0] ?? 0, 'instance')}, ${plural(set.instanceOf.length, 'seed')})`)}`,
  );
  return [`${style.strong('marauder fuzz')}  ${file}  ${style.faint(`seed ${seed}`)}`, ...claims].join('\n');
}

type Share = { readonly executions: number; readonly ms: number | undefined };

/** Every campaign gets an equal part of what is left. */
function shareOf(
  left: number,
  all: number,
  results: readonly CampaignResult[],
  { executions, seconds }: FuzzCommandOptions,
): Share {
  const spentMs = results.reduce((sum, { totalMs }) => sum + totalMs, 0);
  const limit = seconds ?? (executions === undefined ? defaultSeconds : undefined);
  return {
    executions: executions === undefined ? Number.MAX_SAFE_INTEGER : Math.ceil(executions / all),
    ms: limit === undefined ? undefined : Math.max(0, limit * 1000 - spentMs) / left,
  };
}

async function fuzzOne(
  asked: Campaign,
  choices: FuzzChoices,
  seed: number,
  { executions, ms }: Share,
  world: Pick<CampaignRun, 'options' | 'io' | 'runtime' | 'observer'>,
): Promise<CampaignResult> {
  const { options, io, runtime } = world;
  const { campaign, words } = await onBackend(asked, options, io, runtime);
  if (words !== undefined) io.stdout.write(`  ${io.style.faint(`backend ${words}`)}\n`);
  const fuzzing = choices(campaign, seed);
  const evidence = createEvidence(io.cwd, options.outputDir, seed);
  const endsAt = ms === undefined ? undefined : io.clock() + ms;
  const deadline = createDeadline(ms ?? Infinity, io.clock, io.signal);
  const run = { campaign, fuzzing, executions, deadline, endsAt, evidence, ...world };
  return withPlace(campaign.models[0]?.file ?? campaign.name, () => runCampaign(run)).finally(() =>
    campaign.close?.(),
  );
}
