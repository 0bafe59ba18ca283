// The stages of a run: every mutator that applies, gradients on every objective that has them, climbs without on the others, and
// gradients on hidden neurons.
import type { Runtime, Shared } from '../../program/session.js';
import type { CoverageCriterion } from '../coverage/criterion.js';
import type { Mutator } from '../mutators/mutator.js';
import { ascendProgram, type Slope } from '../programs/ascend.js';
import { betweenProgram } from '../programs/between.js';
import type { JudgeProgram } from '../programs/judge.js';
import { offspringProgram } from '../programs/offspring.js';
import type { ScreenProgram } from '../programs/screen.js';
import type { FuzzTarget } from '../target.js';
import { createAnywhere } from './anywhere.js';
import { climbStage } from './climb.js';
import { gradientStage } from './gradient.js';
import { mutateStage } from './mutate.js';
import { secondOpinionStage } from './second-opinion.js';
import type { Stage } from './stage.js';

export type StageParts = {
  readonly target: FuzzTarget;
  readonly screens: ScreenProgram;
  readonly mutators: readonly Mutator[];
  readonly criteria: readonly CoverageCriterion[];
  readonly judgement: JudgeProgram;
  readonly gradients: Gradients;
  /** Whether objectives without gradients are climbed. */
  readonly climbs: boolean;
  readonly seed: number;
  /** See `tablesOf`. */
  readonly tables: Shared;
};

/** Whether gradients are followed, and whether boundaries that they cross are searched by bisection. */
export type Gradients = 'none' | 'ascent' | 'ascent and bisection';

/** Gradients first: they find what they can in few executions. */
export async function createStages(parts: StageParts, runtime: Runtime): Promise<Stage[]> {
  const { target, mutators, screens, criteria, judgement } = parts;
  const opinion = target.opinion && [
    secondOpinionStage(target.opinion, mutators, screens, target, judgement.signals.length),
  ];
  const ascents = await gradientStages(parts, runtime);
  return [
    ...ascents,
    ...(await climbStages(parts, new Set(ascents.map(({ name }) => name)), runtime)),
    ...(opinion ?? []),
    ...mutators.map((mutator) => mutateStage(mutator, screens, target, criteria)),
  ];
}

const gradientOf = (objective: string): string => `gradient of ${objective}`;

async function gradientStages(parts: StageParts, runtime: Runtime): Promise<Stage[]> {
  const { target, mutators, screens, criteria, gradients, tables } = parts;
  const [near] = mutators;
  if (gradients === 'none' || near === undefined) return [];
  const anywhere = createAnywhere(target.domain, parts.seed);
  const between =
    gradients === 'ascent and bisection' ? await betweenProgram(target, tables, runtime) : undefined;
  const slopes: readonly (readonly [string, Slope])[] = [
    ...parts.judgement.signals.map((name, at) => [gradientOf(name), at] as const),
    ['gradient of outputs', 'outputs'],
    ...(criteria.length > 0 ? [['gradient of neurons', 'neurons'] as const] : []),
  ];
  const stages: Stage[] = [];
  for (const [name, slope] of slopes) {
    const ascend = await ascendProgram(target, slope, tables, runtime);
    const climbs = slope !== 'neurons';
    if (ascend !== undefined)
      stages.push(gradientStage({ name, climbs, target, ascend, between, screens, near, anywhere }));
  }
  return stages;
}

/** Of the objectives that no gradient stage climbs. @param ascents their names */
async function climbStages(
  { target, judgement, climbs, seed, tables }: StageParts,
  ascents: ReadonlySet<string>,
  runtime: Runtime,
): Promise<Stage[]> {
  const climbed = judgement.signals.flatMap((name, objective) =>
    climbs && judgement.guided[objective] === true && !ascents.has(gradientOf(name))
      ? [{ name: `climb of ${name}`, objective }]
      : [],
  );
  if (climbed.length === 0) return [];
  const offspring = await offspringProgram(target, seed, tables, runtime);
  return climbed.map((own) => climbStage({ ...own, target, offspring, judgement }));
}
