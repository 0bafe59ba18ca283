// Contests of one box: bounds of hidden values, raised where open contests depend on them, and rows of the contests themselves.
import type { Deadline } from '../../../base/deadline.js';
import { float32 } from '../../../base/tensor.js';
import { footprintOf } from '../../../graph/footprint.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import type { Deployment } from '../../../ops/rounding.js';
import type { Runtime } from '../../../program/session.js';
import type { Bounds } from '../bounds.js';
import type { Box } from '../box.js';
import { openCrown } from '../crown.js';
import { planOf } from '../plan.js';
import { openFrame } from '../programs.js';
import { intervalBounds, openInterval } from '../row-stage.js';
import { openPlaces, type Places } from '../windows/place.js';
import type { Known } from '../windows/stage.js';
import { planeOf } from '../windows/window.js';
import { contestsOf } from './contests.js';
import { headOf } from './head.js';
import { findPairs, type Pair } from './pairs.js';
import { playRound, type WinnerEffort } from './round.js';
import type { Winners } from './winners.js';

export type JudgeOptions = {
  readonly arithmetic: Deployment;
  readonly memoryBytes: number;
  /** Coefficients of hidden values of one box. */
  readonly bytesPerBox?: number;
  readonly deadline: Deadline;
};

export type Judge = { readonly winners: Winners; begin(box: Box): Promise<Judging> };

export type Judging = {
  /** Of the winners' numbers. */
  readonly bounds: Bounds;
  /** Ends where `isEnough`, which is asked now and then. @returns whether it was */
  round(effort: WinnerEffort, isEnough: () => Promise<boolean>): Promise<boolean>;
  /** Pairs of open contests of which one at least is decided as its leader has it. */
  pairs(steps: number, wanted: number): Promise<Pair[]>;
};

/** What a contest depends on is at most this share of the network: else its rows are as dear as any. */
const greatestShare = 1 / 4;

/** @param model one instance @returns undefined where contests do not depend on small parts of images */
export function openJudge(
  model: TypedModel,
  winners: Winners,
  runtime: Runtime,
  options: JudgeOptions,
): Judge | undefined {
  const head = headOf(model, winners.scores);
  const shape = head.output.shape.map(Number);
  const targets = planOf(head).targets;
  const places = new Map<string, Places>();
  const placesOf = (name: string): Places => {
    const at = targets.findIndex((target) => target.name === name);
    const earlier = at < 0 ? targets : targets.slice(0, at);
    const found = places.get(name) ?? openPlaces(head, name, earlier, runtime, options);
    places.set(name, found);
    return found;
  };
  if (!dependsOnLittle(head, shape, placesOf(head.output.name))) return undefined;
  const crown = openCrown(head, runtime, options);
  return {
    winners,
    begin: async (box) => {
      const middle = await scoresAt(head, middleOf(box), runtime);
      const contests = contestsOf(winners, middle);
      const hidden = await crown.hidden(box);
      const known = targets.flatMap((target, at): Known[] => {
        const bounds = hidden[at];
        return bounds === undefined ? [] : [{ target, bounds }];
      });
      const around = { box: { lower: box.lower.data, upper: box.upper.data }, known };
      const bounds = boundsOf(winners);
      const trial = { head, winners, contests, bounds, around, placesOf, ...options, lanes: runtime.workers };
      return {
        bounds,
        round: (effort, isEnough) => playRound(trial, effort, isEnough),
        pairs: (steps, wanted) => findPairs(trial, steps, wanted),
      };
    },
  };
}

function dependsOnLittle(head: TypedModel, shape: readonly number[], places: Places): boolean {
  if (shape.length !== 4 || shape[0] !== 1) return false;
  const [height, width] = planeOf(shape);
  const middle = Math.floor(height / 2) * width + Math.floor(width / 2);
  const part = places.at(places.around(middle));
  const bytes = part && footprintOf(part.model).coefficientBytes;
  return bytes !== undefined && bytes <= greatestShare * footprintOf(head).coefficientBytes;
}

/** Any winner, until more is known. */
const boundsOf = ({ candidates }: Winners): Bounds => ({
  lower: new Float32Array(candidates.length),
  upper: Float32Array.from(candidates, (elements) => elements.length - 1),
});

const middleOf = ({ lower, upper }: Box): Float32Array<ArrayBuffer> =>
  Float32Array.from(lower.data, (least, at) => least / 2 + (upper.data[at] ?? Number.NaN) / 2);

/** About what the network computes there: good for choosing what to bound. */
async function scoresAt(
  head: TypedModel,
  point: Float32Array<ArrayBuffer>,
  runtime: Runtime,
): Promise<Float32Array> {
  const { frame } = openFrame(head, [], { arithmetic: 'real' });
  const session = await openInterval(frame, head.output.name, runtime);
  const given = float32(point, head.input.shape.map(Number));
  return (await intervalBounds(session, { lower: given, upper: given })).lower;
}
