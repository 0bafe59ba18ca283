// What a run of `marauder fuzz` found, ranked: for people, and as JSON.
import { dirname } from 'node:path';
import type { StageYield } from '../../fuzz/events.js';
import { runtimeVersion } from '../../program/ort.js';
import type { Style } from '../../report/style.js';
import { count, duration, oneLine, percent, plural, shellWord } from '../../report/words.js';
import type { Io } from '../options.js';
import { version } from '../version.js';
import type { Campaigns } from './from-policy.js';
import type { CampaignResult } from './run.js';
import { type FoundHere, ranked } from './session.js';
import { findingLine } from './view.js';

const shown = 10;

export function fuzzSummary(results: readonly CampaignResult[], { style }: Io): string {
  return results.map((result) => `\n${campaignText(result, style)}\n`).join('');
}

function campaignText(result: CampaignResult, style: Style): string {
  const { session, folder } = result;
  const best = ranked(session);
  return [
    `${headText(result, style)}`,
    ...best.slice(0, shown).map((finding) => `  ${findingLine(finding, style)}`),
    ...(best.length > shown
      ? [style.faint(`  and ${count(best.length - shown)} more in ${folderOf(best[0])}`)]
      : []),
    `  ${effortText(result)}`,
    ...stagesText(session.latest?.stages ?? [], style),
    `  corpus in ${style.command(folder)}; run the same command again to go on`,
    ...(best[0] === undefined
      ? []
      : [
          `  ${style.command(`marauder replay ${shellWord(best[0].witness.finding)}`)} runs the first one again`,
        ]),
  ].join('\n');
}

/** Of all findings. */
const folderOf = (finding: FoundHere | undefined): string => dirname(dirname(finding?.witness.finding ?? ''));

function headText({ session, executions }: CampaignResult, style: Style): string {
  const { findings, clusters, name } = session;
  const earlier = findings.filter(({ isEarlier }) => isEarlier).length;
  const known = earlier === 0 ? '' : `, ${count(earlier)} of earlier runs`;
  const found =
    findings.length === 0
      ? executions === 0
        ? style.warn('nothing executed: give it more time')
        : style.good('no findings')
      : style.bad(`${plural(findings.length, 'finding')} in ${plural(clusters, 'cluster')}${known}`);
  return `${style.strong(oneLine(name))}  ${found}`;
}

function effortText({ executions, totalMs, corpusSize, coverage, before }: CampaignResult): string {
  const speed = Math.round((executions * 1000) / Math.max(totalMs, 1));
  const covered = coverage.map(({ criterion, kept, covered: share }) =>
    share === null ? `${criterion} kept ${count(kept)}` : `${criterion} ${percent(share)}`,
  );
  const earlier =
    before.runs === 0 ? '' : ` after ${count(before.executions)} in ${plural(before.runs, 'earlier run')}`;
  return `${[
    `${count(executions)} executions${earlier} in ${duration(totalMs)} (${count(speed)}/s)`,
    `corpus of ${plural(corpusSize, 'input')}`,
    ...covered,
  ].join(' · ')}`;
}

function stagesText(stages: readonly StageYield[], style: Style): string[] {
  const useful = [...stages].filter(({ reward }) => reward > 0).sort((a, b) => b.reward - a.reward);
  if (useful.length === 0) return [];
  const parts = useful.slice(0, 4).map(({ name, reward }) => `${name} ${count(reward)}`);
  return [style.faint(`  what was new came from ${parts.join(', ')}`)];
}

/** What `--json` prints. */
export type FuzzSummary = ReturnType<typeof summaryOf>;

export const summaryJson = (...about: Parameters<typeof summaryOf>): string =>
  `${JSON.stringify(summaryOf(...about), null, 2)}\n`;

export const summaryOf = (
  { file }: Campaigns,
  results: readonly CampaignResult[],
  seed: number,
  { signal }: Pick<Io, 'signal'>,
) => ({
  schemaVersion: 1 as const,
  tool: { name: 'marauder' as const, version, onnxruntime: runtimeVersion() },
  file,
  seed,
  interrupted: signal.aborted,
  campaigns: results.map(({ session, folder, before, totalMs, notes, ...fuzzing }) => ({
    name: session.name,
    claim: session.claim,
    ...fuzzing,
    before,
    clusters: session.clusters,
    violations: Object.fromEntries(session.latest?.violations ?? []),
    stages: session.latest?.stages ?? [],
    findings: ranked(session).map(({ objective, cluster, instance, witness }) => ({
      objective,
      cluster,
      instance,
      ...witness,
    })),
    corpus: folder,
    notes,
    totalMs,
  })),
});
