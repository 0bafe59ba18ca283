// The stages of a run: every mutator that applies, gradients on every objective that has them, and on hidden neurons.
import type { Runtime, Shared } from '../../program/session.js';
import type { CoverageCriterion } from '../coverage/criterion.js';
import type { Mutator } from '../mutators/mutator.js';
import { ascendProgram, type Slope } from '../programs/ascend.js';
import { betweenProgram } from '../programs/between.js';
import type { ScreenProgram } from '../programs/screen.js';
import type { FuzzTarget } from '../target.js';
import { gradientStage } from './gradient.js';
import { mutateStage } from './mutate.js';
import { secondOpinionStage } from './second-opinion.js';
import type { Stage } from './stage.js';

export type StageParts = {
  readonly target: FuzzTarget;
  readonly screens: ScreenProgram;
  readonly mutators: readonly Mutator[];
  readonly criteria: readonly CoverageCriterion[];
  /** Names of the objectives, the main one first. */
  readonly objectives: readonly string[];
  readonly gradients: Gradients;
  /** See `tablesOf`. */
  readonly tables: Shared;
};

/** Whether gradients are followed, and whether boundaries that they cross are searched by bisection. */
export type Gradients = 'none' | 'ascent' | 'ascent and bisection';

/** Gradients first: they find what they can in few executions. */
export async function createStages(parts: StageParts, runtime: Runtime): Promise<Stage[]> {
  const { target, mutators, screens, criteria, objectives } = parts;
  const opinion = target.opinion && [
    secondOpinionStage(target.opinion, mutators, screens, target, objectives.length),
  ];
  return [
    ...(await climbingStages(parts, runtime)),
    ...(opinion ?? []),
    ...mutators.map((mutator) => mutateStage(mutator, screens, target, criteria)),
  ];
}

async function climbingStages(parts: StageParts, runtime: Runtime): Promise<Stage[]> {
  const { target, mutators, screens, criteria, gradients, tables } = parts;
  const [start] = mutators;
  if (gradients === 'none' || start === undefined) return [];
  const between =
    gradients === 'ascent and bisection' ? await betweenProgram(target, tables, runtime) : undefined;
  const slopes: readonly (readonly [string, Slope])[] = [
    ...parts.objectives.map((name, at) => [`gradient of ${name}`, at] as const),
    ...(criteria.length > 0 ? [['gradient of neurons', 'neurons'] as const] : []),
  ];
  const stages: Stage[] = [];
  for (const [name, slope] of slopes) {
    const ascend = await ascendProgram(target, slope, tables, runtime);
    const climbs = slope !== 'neurons';
    if (ascend !== undefined)
      stages.push(gradientStage({ name, climbs, target, ascend, between, screens, start }));
  }
  return stages;
}
