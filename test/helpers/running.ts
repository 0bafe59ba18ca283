// A run of a policy as `check` does it, on the thread of the test: cheap where models are small.
import type { Accepting } from '../../src/cli/check/accepting.js';
import { createEvidence } from '../../src/cli/check/evidence.js';
import { createResources } from '../../src/cli/check/resources.js';
import { assemble, checkProperties } from '../../src/cli/check/run.js';
import type { RunReport, ShardRef } from '../../src/findings/report.js';
import type { LoadedPolicy } from '../../src/index.js';
import { inline } from './programs.js';

export async function runInline(
  { policy, file, sha256 }: LoadedPolicy,
  outputDir: string,
  shard?: ShardRef,
  accepting?: Accepting,
): Promise<RunReport> {
  const run = {
    policy,
    policyFile: file,
    policyHash: sha256,
    seed: policy.seed,
    resources: createResources(policy, inline, (path) => path, outputDir),
    evidence: createEvidence(process.cwd(), outputDir, policy.seed),
    cwd: process.cwd(),
    runtime: inline,
    clock: () => performance.now(),
    signal: new AbortController().signal,
    hooks: { start: () => {}, update: () => {}, finish: () => {} },
    shard,
    ...(accepting && { accepting }),
  };
  const report = await assemble(run, await checkProperties(run));
  return { ...report, timing: { startedAt: new Date(0).toISOString(), totalMs: 1, workers: 1 } };
}

/** All that equal runs agree about. */
export const untimedReport = ({ timing: _, properties, ...rest }: RunReport) => ({
  ...rest,
  properties: properties.map(({ timing: __, ...property }) => property),
});
