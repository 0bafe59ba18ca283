// Parts of one box by what neurons read, all with the bounds of the box.
import { Malformed, type ProofNode } from '../findings/certificate/certificate.js';
import { bound, type Combination } from './backward.js';
import { type Bounds, boundsAt } from './bounds.js';
import type { BoxView, Machine } from './known.js';
import { linesWith } from './lines.js';
import { type Place, placeAt } from './places.js';
import { combined, type Multiplied, singly } from './rows.js';
import { isProved, notPositive, type Rejection, uncovered } from './verdicts.js';
import { type Next, type Part, partsPerCall, type Side, type Task } from './walk.js';

type Branch = { readonly node: ProofNode; readonly sides: readonly Side[] };

export async function bySides(
  machine: Machine,
  task: Task,
  { node, box }: Part,
  view: BoxView,
): Promise<Next | Rejection> {
  const stack: Branch[] = [{ node, sides: [] }];
  let leaves = 0;
  while (stack.length > 0) {
    const open = stack.splice(-partsPerCall).flatMap(unfolded);
    if (open.some((branch) => branch.node.kind === 'open')) return uncovered(box);
    const combinations = open.map((branch) => leafCombinations(machine, task, view, branch));
    const found = await bound(machine.network, machine.products, combinations.flat());
    for (const [at, branch] of open.entries()) {
      const rows = found.splice(0, combinations[at]?.length ?? 0);
      if (isProved(rows)) {
        leaves++;
        continue;
      }
      const instead = task.mending?.mend({ leaf: branch.node, box, rows, sides: branch.sides });
      if (instead === undefined) return notPositive(box, rows);
      stack.push({ node: instead, sides: branch.sides });
    }
  }
  return { leaves, parts: [] };
}

/** Its leaves. */
function unfolded({ node, sides }: Branch): Branch[] {
  if (node.kind === 'cut') throw new Malformed('an input is cut below a sign');
  if (node.kind !== 'sign') return [{ node, sides }];
  const { place, at = 0, positive, negative } = node;
  if (!Number.isFinite(at)) throw new Malformed(`a neuron is split at ${at}`);
  return [
    ...unfolded({ node: positive, sides: [...sides, { place, at, side: 1 }] }),
    ...unfolded({ node: negative, sides: [...sides, { place, at, side: -1 }] }),
  ];
}

function leafCombinations(
  { network }: Machine,
  task: Task,
  { known, lines }: BoxView,
  { node, sides }: Branch,
): Combination[] {
  const { located, constraints } = task;
  const choice = node.kind === 'leaf' ? node.choice : undefined;
  const limits = limitsOf(known.bounds, sides, (place) => placeAt(located, place));
  const boundsOf = (step: number) => limits.get(step) ?? boundsAt(known.bounds, step);
  const view = { known, lines: linesWith(network, lines, boundsOf, located, choice?.slopes) };
  if (choice === undefined) return singly(network, view, task);
  const { weights, slopes, multipliers } = choice;
  if (slopes.length !== located.places.length || weights.length !== constraints.length)
    throw new Malformed('the slopes or weights of a leaf do not fit');
  if (multipliers.length !== sides.length)
    throw new Malformed('the multipliers of a leaf do not fit its signs');
  // Without any weight the sum says nothing of the constraints, but for a part that is empty: not claimed here.
  const [all, each] = [Array.from(weights), Array.from(multipliers)];
  if (![...all, ...each].every((value) => value >= 0 && value < 2 ** 60) || !all.some((weight) => weight > 0))
    throw new Malformed('the weights or multipliers of a leaf are negative, or its weights all zero');
  const multiplied = sides.map(({ place, at, side }, which): Multiplied => {
    return { ...placeAt(located, place), multiplier: side * (each[which] ?? Number.NaN), at };
  });
  return [combined(network, view, task, weights, multiplied)];
}

/** Bounds of what neurons read in the part, by step; where a part is empty some number of the interval. */
export function limitsOf(
  bounds: readonly Bounds[],
  sides: readonly Side[],
  placeOf: (place: number) => Place,
) {
  const limits = new Map<number, Bounds>();
  for (const { place, at, side } of sides) {
    const { step, element } = placeOf(place);
    const { lower, upper } = limits.get(step) ?? copyOf(boundsAt(bounds, step));
    limits.set(step, { lower, upper });
    const inside = Math.min(Math.max(lower[element] as number, at), upper[element] as number);
    (side === 1 ? lower : upper)[element] = inside;
  }
  return limits;
}

const copyOf = ({ lower, upper }: Bounds): Bounds => ({ lower: lower.slice(), upper: upper.slice() });
