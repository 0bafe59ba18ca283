// Does guidance pay? Ours against the same mutators without feedback, uniform draws, and gradients without a fuzzer: equal budgets of
// executions, ten seeds, rank test and effect size, as Klees et al. (Evaluating Fuzz Testing, CCS 2018) ask for. Harel-Canada et al. and
// Yan et al. (both 2020) found that neuron coverage often does not help; where it does not, the table says so.

import type { Runtime } from '../../../src/program/session.js';
import { createWorkerRuntime } from '../../../src/program/worker-runtime.js';
import { median } from '../statistics/quantile.js';
import { compare, type Summary, summarise, untilFound, verdictOf } from './baselines/summary.js';
import { type Compared, comparedTargets } from './baselines/targets.js';
import type { Bench, Experiment } from './experiment.js';
import { methods } from './methods/index.js';
import type { Method, Run } from './methods/method.js';
import type { BenchTarget } from './targets/target.js';
import { grid, share, whole } from './words.js';

const seeds = 10;
const briefShare = 0.1;

export const baselinesExperiment: Experiment = {
  title:
    'Methods compared with the same mutators without feedback: medians of ten runs with equal budgets of executions',
  run: async (bench) => {
    const lines: string[] = [];
    const figures: Record<string, readonly Summary[]> = {};
    for (const compared of comparedTargets) {
      const runtime = createWorkerRuntime(2);
      const open = await compared.open(bench, runtime);
      lines.push('', `${compared.name}: ${compared.note}`);
      if ('skipped' in open) lines.push(`  skipped: ${open.skipped}`);
      else {
        const summaries = await runAll(bench, compared, open, runtime);
        lines.push(...described(compared, summaries, bench.brief));
        figures[compared.name] = Object.values(summaries);
      }
      await runtime.close();
    }
    return { lines: lines.slice(1), requirements: [], figures };
  },
};

type Name = keyof typeof methods;
type Summaries = Readonly<Partial<Record<Name, Summary>>>;

async function runAll(
  { brief, progress }: Bench,
  { name, executions }: Compared,
  open: (seed: number) => Promise<BenchTarget>,
  runtime: Runtime,
): Promise<Summaries> {
  const summaries: Partial<Record<Name, Summary>> = {};
  for (const [key, method] of Object.entries(methods) as [Name, Method][]) {
    const runs: Run[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      const budget = { executions: Math.round(executions * (brief ? briefShare : 1)) };
      const run = await method.run(await open(seed), budget, seed, runtime);
      if (run === undefined) break;
      runs.push(run);
    }
    if (runs.length > 0) summaries[key] = summarise(method.name, runs);
    progress(
      `${name}, ${method.name}: ${runs.map(({ found }) => found.length).join(' ') || 'does not apply'}`,
    );
  }
  return summaries;
}

function described({ executions }: Compared, summaries: Summaries, brief: boolean): string[] {
  const baseline = summaries.withoutFeedback;
  if (baseline === undefined) return [];
  const budget = whole(executions * (brief ? briefShare : 1));
  return [
    ...grid(
      [
        `  ${budget} executions each`,
        'found',
        'first',
        'failures',
        'kinds',
        'valid',
        'label kept',
        'p',
        'sooner',
      ],
      (Object.keys(methods) as Name[]).map((key) => rowOf(methods[key].name, summaries[key], baseline)),
    ),
    ...verdicts(summaries, baseline).map((line) => `  ${line}`),
  ];
}

function rowOf(name: string, summary: Summary | undefined, baseline: Summary): string[] {
  if (summary === undefined) return [`  ${name}`, 'does not apply'];
  const { p, sooner, magnitude } = compare(summary, baseline);
  return [
    `  ${name}`,
    `${summary.succeeded} of ${summary.runs}`,
    whole(median(untilFound(summary))),
    whole(median(summary.unique)),
    whole(summary.kinds),
    summary.validity === undefined ? '' : share(summary.validity),
    summary.labels === undefined ? '' : share(summary.labels),
    ...(summary === baseline ? ['', ''] : [p.toPrecision(2), `${sooner.toFixed(2)} ${magnitude}`]),
  ];
}

/** What each part of the guidance is worth: coverage alone against nothing, and with gradients against gradients alone. */
const verdicts = (
  { withoutGradients, guided, gradient, bisection }: Summaries,
  baseline: Summary,
): string[] => [
  ...(withoutGradients ? [verdictOf('coverage, without gradients,', withoutGradients, baseline)] : []),
  ...(guided && gradient ? [verdictOf('the whole fuzzer, against gradients alone,', guided, gradient)] : []),
  ...(guided && bisection
    ? [verdictOf('the whole fuzzer, against gradients and bisection alone,', guided, bisection)]
    : []),
];
