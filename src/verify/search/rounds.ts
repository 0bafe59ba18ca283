// Which points a round of a search tries: for which disjuncts, and where they start.
import { type Climb, closeScan, first, firstClimbsPerDisjunct, later, scan } from './climbs.js';
import { center, corner, nearBest, random, type Start } from './starts.js';
import type { State } from './state.js';

const samplesPerDisjunct = 32;

/** One point of a round: where it starts, for which disjunct, and which loss it descends. */
export type Attempt = { readonly disjunct: number; readonly start: Start; readonly summed: boolean };

type Round = {
  /** Of its random numbers. */
  readonly name: string;
  /** undefined: points are only sampled. */
  readonly kind: Climb | undefined;
  readonly wanted: readonly Attempt[];
  /** Where it was cut short. */
  repeat(): void;
};

export async function nextRound(state: State, open: readonly number[], scans: boolean): Promise<Round> {
  if (scans && state.rounds > 0) {
    const kind = state.scans === 0 ? scan : closeScan;
    const wanted = attemptsOf(state, open, 1, kind);
    return { name: `scan/${state.scans++}`, kind, wanted, repeat: () => {} };
  }
  const round = state.rounds++;
  const kind = await climbOf(state, round);
  const wanted = attemptsOf(state, open, round, kind);
  return { name: `${round}`, kind, wanted, repeat: () => repeatOnce(state, round) };
}

/** A round that was cut short may be the one that finds: once it is begun again, but not for ever where time is too short for it. */
function repeatOnce(state: State, round: number): void {
  if (state.repeated === round) return;
  state.repeated = round;
  state.rounds = round;
}

/** Executions that one attempt takes. */
export const costOf = (climb: Climb | undefined): number =>
  climb === undefined ? 1 : climb.steps + 1 + (climb.screened > 1 ? climb.screened : 0);

/** undefined where points are only sampled. */
async function climbOf({ program }: State, round: number): Promise<Climb | undefined> {
  if (round === 0 || (await program.step()) === undefined) return undefined;
  return round === 1 ? first : later[(round - 2) % later.length];
}

/** Rounds 0 and 1 are for every disjunct; later ones prefer those with the least margins, more and less. */
function attemptsOf(
  { rows, best }: State,
  open: readonly number[],
  round: number,
  climb: Climb | undefined,
): Attempt[] {
  const sorted = [...open].sort((a, b) => (best[a]?.margin ?? 0) - (best[b]?.margin ?? 0));
  const preferred = round < 2 ? sorted.length : Math.ceil(sorted.length / 2 ** (round % 3));
  const chosen = sorted.slice(0, preferred);
  const starts = climb?.starts ?? samplers(round);
  const most = climb?.steps === 0 ? rows : ([samplesPerDisjunct, firstClimbsPerDisjunct][round] ?? rows);
  const each = Math.max(1, Math.min(Math.ceil(rows / chosen.length), most));
  return Array.from({ length: each }, (_, at) => at).flatMap((at) => {
    const [start = random, summed] = [starts[at % starts.length], (at >> 1) % 2 === 1];
    return chosen.map((disjunct) => ({ disjunct, start, summed }));
  });
}

const samplers = (round: number): readonly Start[] =>
  round === 0 ? [center, corner, random] : [nearBest, nearBest, corner, random];
