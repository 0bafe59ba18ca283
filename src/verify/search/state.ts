// What a search knows: the best point of each disjunct, and what was spent on it.
import type { TypedModel } from '../../graph/typed-model.js';
import type { Disjunct } from '../../policy/vnnlib/property.js';
import type { Float32Box } from '../decide/boxes.js';
import type { SearchProgram } from './program.js';
import { keepInside } from './starts.js';

export type SearchSubject = {
  readonly model: TypedModel;
  readonly disjuncts: readonly Disjunct[];
  /** What counts as input of each disjunct; the same object for equal boxes. */
  readonly boxes: readonly Float32Box[];
  readonly outputs: number;
};

type Best = { readonly margin: number; readonly point: Float32Array | undefined };

export type State = {
  readonly subject: SearchSubject;
  readonly program: SearchProgram;
  /** Elements of an input. */
  readonly size: number;
  /** Points of a batch. */
  readonly rows: number;
  /** Batches under way at a time. */
  readonly lanes: number;
  /** By disjunct. */
  readonly best: Best[];
  executions: number;
  /** Executions by disjunct. */
  readonly spent: Float64Array;
  scans: number;
  rounds: number;
  /** The last round that was cut short and begun again. */
  repeated: number;
};

/** Counts as many executions for each attempt. */
export function spend(state: State, batch: readonly { readonly disjunct: number }[], each: number): void {
  state.executions += each * batch.length;
  for (const { disjunct } of batch) state.spent[disjunct] = (state.spent[disjunct] ?? 0) + each;
}

/** Keeps a point that is nearer to violating the disjunct than all before. */
export function remember(
  { best, subject }: State,
  disjunct: number,
  point: Float32Array,
  margin: number,
): void {
  const { [disjunct]: box } = subject.boxes;
  if (box === undefined || !(margin < (best[disjunct]?.margin ?? -Infinity))) return;
  const kept = point.slice();
  keepInside(kept, box);
  best[disjunct] = { margin, point: kept };
}
