// A box cut into cells until the slopes in every one of them are as they should be. What holds of the slopes in each cell holds along
// every straight line, because its parts lie in cells.
import type { Deadline } from '../../base/deadline.js';
import { float32 } from '../../base/tensor.js';
import type { Box } from '../crown/box.js';
import type { Slopes } from './slopes.js';

export type CellOptions = {
  /** By so much the slopes of a cell are as they should be: proved where positive. */
  margin(slopes: Slopes): number;
  /** Cells that are bounded, at most; a round that has begun is finished. */
  readonly subproblems: number;
  readonly deadline: Deadline;
};

export type CellResult = {
  /** Of the worst cell; positive where all are proved. */
  readonly bound: number;
  readonly subproblems: number;
  /** Where time ended it. */
  readonly cut: boolean;
};

/** Whatever the number of threads, so that equal runs end alike. */
const cellsPerRound = 8;

type Cell = { readonly box: Box; readonly slopes: Slopes; readonly margin: number };

export async function cutIntoCells(
  root: Box,
  slopesIn: (box: Box) => Promise<Slopes>,
  { margin, subproblems, deadline }: CellOptions,
): Promise<CellResult> {
  const visit = async (box: Box): Promise<Cell> => {
    const slopes = await slopesIn(box);
    const found = margin(slopes);
    return { box, slopes, margin: Number.isNaN(found) ? -Infinity : found };
  };
  /** Of the cells that are proved. */
  let least = Infinity;
  const stillOpen = (cells: readonly Cell[]): Cell[] => {
    for (const { margin: own } of cells) if (own > 0) least = Math.min(least, own);
    return cells.filter(({ margin: own }) => !(own > 0)).sort((a, b) => b.margin - a.margin);
  };
  /** The worst last. */
  let open = stillOpen([await visit(root)]);
  let spent = 1;
  while (open.length > 0 && spent < subproblems && !deadline.expired()) {
    const halves = open.slice(-cellsPerRound).map(({ box, slopes }) => halvesOf(box, slopes));
    // A cell of neighbouring numbers is cut no further.
    if (halves.some((pair) => pair.length === 0)) break;
    const cells = await Promise.all(halves.flat().map(visit));
    spent += cells.length;
    open = stillOpen([...open.slice(0, -cellsPerRound), ...cells]);
  }
  const bound = open.at(-1)?.margin ?? least;
  return { bound, subproblems: spent, cut: open.length > 0 && deadline.expired() };
}

/** In two along the edge that matters most: its length times the slope along it, or its length where no slope is known. */
function halvesOf({ lower, upper }: Box, { least, most }: Slopes): Box[] {
  const size = lower.data.length;
  let [best, greatest] = [-1, -1];
  for (let at = 0; at < size; at++) {
    const [low, high] = [lower.data[at] ?? 0, upper.data[at] ?? 0];
    const middle = middleOf(low, high);
    if (!(low < middle && middle < high)) continue;
    let slope = 0;
    for (let row = at; row < least.length; row += size)
      slope = Math.max(slope, Math.abs(least[row] ?? 0), Math.abs(most[row] ?? 0));
    const score = (high - low) * (Number.isFinite(slope) ? slope + Number.MIN_VALUE : 1);
    if (score > greatest) [best, greatest] = [at, score];
  }
  if (best < 0) return [];
  const middle = middleOf(lower.data[best] ?? 0, upper.data[best] ?? 0);
  const moved = (side: Box['lower']) => {
    const data = side.data.slice();
    data[best] = middle;
    return float32(data, side.shape);
  };
  return [
    { lower, upper: moved(upper) },
    { lower: moved(lower), upper },
  ];
}

/** A float32 number that both halves have. */
const middleOf = (low: number, high: number): number => Math.fround(low / 2 + high / 2);
