// `marauder check` as a function.
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { createEvidence } from '../cli/check/evidence.js';
import { createProofStore } from '../cli/check/proof-store.js';
import { createResources, modelsFolder } from '../cli/check/resources.js';
import { createResultStore } from '../cli/check/result-store.js';
import { assemble, checkProperties } from '../cli/check/run.js';
import { assertWritableFolder } from '../cli/files.js';
import { writeListing } from '../cli/findings/listing.js';
import { shownFrom } from '../cli/shown.js';
import { createThreads } from '../cli/threads.js';
import type { PropertyReport, RunReport, ShardRef } from '../findings/report.js';
import { type LoadedPolicy, loadPolicy } from './policy.js';
import { type CommonOptions, defaultOutputDir, worldFor } from './world.js';

/** What is told while properties are checked, each named as in the policy. */
export type CheckEvent =
  | { readonly kind: 'started'; readonly property: string }
  /** In words, for people; often. */
  | { readonly kind: 'progress'; readonly property: string; readonly text: string }
  | { readonly kind: 'finished'; readonly property: string; readonly report: PropertyReport };

export type CheckOptions = CommonOptions & {
  /** Of all randomness; default: the policy's. */
  readonly seed?: number;
  /** A part of the run, counted from 1: its gate never passes; `marauder merge-reports` joins the reports of all parts. */
  readonly shard?: ShardRef;
  readonly onEvent?: (event: CheckEvent) => void;
};

/**
 * Checks every property of a policy. Prints nothing; writes findings and corpora, but no report: that is what it returns.
 * @param policy a file, or what `loadPolicy` gives; default: marauder.policy.yaml, here or in a folder above
 * @throws UserError where something cannot be read or does not fit together; never because a property fails
 */
export async function check(policy?: string | LoadedPolicy, options: CheckOptions = {}): Promise<RunReport> {
  const loaded = typeof policy === 'object' ? policy : loadPolicy(policy);
  const { clock, signal, cwd } = worldFor(options);
  const {
    workers = availableParallelism(),
    seed = loaded.policy.seed,
    outputDir = defaultOutputDir,
  } = options;
  const [startedAt, started] = [new Date().toISOString(), clock()];
  assertWritableFolder(resolve(cwd, outputDir));
  const runtime = createThreads(workers);
  try {
    const run = {
      policy: loaded.policy,
      policyFile: loaded.file,
      policyHash: loaded.sha256,
      seed,
      resources: createResources(
        loaded.policy,
        runtime,
        shownFrom(cwd),
        modelsFolder(resolve(cwd, outputDir)),
      ),
      evidence: createEvidence(cwd, outputDir, seed),
      cwd,
      proofs: createProofStore(cwd, outputDir, true),
      results: createResultStore(cwd, outputDir),
      runtime,
      clock,
      signal,
      hooks: hooksFor(loaded, options),
      shard: options.shard,
    };
    const properties = await checkProperties(run);
    writeListing(resolve(cwd, outputDir, 'findings'));
    const timing = { startedAt, totalMs: clock() - started, workers };
    return { ...(await assemble(run, properties)), timing };
  } finally {
    await runtime.close();
  }
}

function hooksFor({ policy: { properties } }: LoadedPolicy, { onEvent = () => {} }: CheckOptions) {
  const named = (index: number) => properties[index]?.name ?? '';
  return {
    start: (index: number) => onEvent({ kind: 'started', property: named(index) }),
    update: (index: number, text: string) => onEvent({ kind: 'progress', property: named(index), text }),
    finish: (index: number, report: PropertyReport) =>
      onEvent({ kind: 'finished', property: named(index), report }),
  };
}
