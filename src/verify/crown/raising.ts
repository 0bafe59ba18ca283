// What bounds with raised choices are made with: programs by value, opened when they are first asked for.
import type { Deadline } from '../../base/deadline.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Deployment } from '../../ops/rounding.js';
import type { Feeds, Runtime, Session, Shared } from '../../program/session.js';
import { cached } from '../../program/session-cache.js';
import type { Bounds } from './bounds.js';
import { planOf, type Target } from './plan.js';
import { feedsOfBounds, openFrame, ownFrame } from './programs.js';
import { openInterval, openRowStage, type RowStage } from './row-stage.js';
import { inCalls } from './tighten.js';
import { zonotopesOf } from './zonotopes.js';

export type Raising = {
  /** One instance. */
  readonly model: TypedModel;
  readonly deadline: Deadline;
  /** All hidden values that relaxations read, each behind those that it is computed from. */
  readonly targets: readonly Target[];
  /** Bounds under the names by which programs read them; nothing of a value whose interval bounds they find themselves. */
  feedsOf(target: Target, bounds: Bounds): Feeds;
  intervalOf(name: string): Promise<Session>;
  stageOf(name: string): Promise<RowStage>;
  /** Calls for `count` rows, or for things of `rowsEach` rows, with what they share: as many under way as there are threads. */
  inCalls(count: number, rowsEach: number, stage: RowStage, feeds: Feeds, work: Work): Promise<void>;
};

type Work = (shared: Shared, from: number, to: number) => Promise<void>;

export type RaisingOptions = {
  readonly arithmetic: Deployment;
  /** What a call may take, an estimate. */
  readonly memoryBytes: number;
  readonly deadline: Deadline;
};

/** Arrays like the coefficients of all values that a step keeps for its derivative. */
const keptArrays = 12;
/** Of its greatest arrays a step has so many at a time. */
const greatestArrays = 4;
const greatestRowsPerCall = 256;

/** @param model one instance */
export function createRaising(
  model: TypedModel,
  runtime: Runtime,
  { arithmetic, memoryBytes, deadline }: RaisingOptions,
): Raising {
  const { targets, bytesPerRow } = planOf(model, true);
  const fed = targets.filter(({ plain }) => !plain);
  const rowsPerCall = ({ arrayBytes }: RowStage): number => {
    const bytes = Math.max(bytesPerRow * keptArrays, arrayBytes * greatestArrays);
    const most = Math.floor(memoryBytes / (bytes * runtime.workers));
    return Math.max(1, Math.min(greatestRowsPerCall, most));
  };
  return {
    model,
    deadline,
    targets,
    feedsOf: (target, bounds) => feedsOfBounds(model, fed, target, bounds),
    ...programsOf(model, fed, arithmetic, runtime),
    inCalls: async (count, rowsEach, stage, feeds, work) => {
      const perCall = Math.max(1, Math.floor(rowsPerCall(stage) / rowsEach));
      const vectors = await stage.forward.run(feeds);
      await inCalls(
        { runtime, lanes: runtime.workers, deadline },
        { ...feeds, ...vectors },
        count,
        perCall,
        work,
      );
    },
  };
}

function programsOf(
  model: TypedModel,
  fed: readonly Target[],
  arithmetic: Deployment,
  runtime: Runtime,
): Pick<Raising, 'intervalOf' | 'stageOf'> {
  const open = () => openFrame(model, fed, { arithmetic }).frame;
  const whole = open();
  const isSingle = model.graph.inputs.length === 1;
  const intervals = new Map<string, Promise<Session>>();
  const stages = new Map<string, Promise<RowStage>>();
  return {
    intervalOf: (name) => cached(intervals, name, () => openInterval(ownFrame(whole, name), name, runtime)),
    stageOf: (name) =>
      cached(stages, name, () => {
        // A program of its own: the inputs of rows differ in size.
        const frame = ownFrame(open(), name);
        const zonotopeOf = isSingle ? zonotopesOf(frame, model.input.name) : undefined;
        return openRowStage({ ...frame, ...(zonotopeOf && { zonotopeOf }) }, name, runtime);
      }),
  };
}
