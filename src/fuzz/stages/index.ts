// The stages of a run: every mutator that applies, gradients on every objective that has them, and on hidden neurons.
import type { Runtime, Shared } from '../../program/session.js';
import type { CoverageCriterion } from '../coverage/criterion.js';
import type { Mutator } from '../mutators/mutator.js';
import { type AscendProgram, ascendProgram, type Slope } from '../programs/ascend.js';
import { betweenProgram } from '../programs/between.js';
import type { ScreenProgram } from '../programs/screen.js';
import type { FuzzTarget } from '../target.js';
import { gradientStage } from './gradient.js';
import { mutateStage } from './mutate.js';
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
  const { target, mutators, screens, criteria } = parts;
  const mutating = mutators.map((mutator) => mutateStage(mutator, screens, target, criteria));
  const [start] = mutators;
  if (parts.gradients === 'none' || start === undefined) return mutating;
  const between =
    parts.gradients === 'ascent and bisection'
      ? await betweenProgram(target, parts.tables, runtime)
      : undefined;
  const climb = (name: string, ascend: AscendProgram | undefined) =>
    ascend === undefined ? [] : [gradientStage({ name, target, ascend, between, screens, start })];
  const slopes: readonly [string, Slope][] = [
    ...parts.objectives.map((name, at): [string, Slope] => [`gradient of ${name}`, at]),
    ...(criteria.length > 0 ? [['gradient of neurons', 'neurons'] as [string, Slope]] : []),
  ];
  const climbing: Stage[] = [];
  for (const [name, slope] of slopes)
    climbing.push(...climb(name, await ascendProgram(target, slope, parts.tables, runtime)));
  return [...climbing, ...mutating];
}
