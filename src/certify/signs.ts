// Parts of one box by the signs of neurons, all with the bounds of the box.
import { type LeafChoice, Malformed, type ProofNode } from '../findings/certificate/certificate.js';
import { bound, type Combination } from './backward.js';
import type { Known } from './intervals.js';
import { type BoxView, linesWith, type Machine } from './known.js';
import type { Located } from './places.js';
import { greatest, isProved, notPositive, uncovered } from './rejections.js';
import { combined, singly } from './rows.js';
import type { Rejection } from './verdicts.js';
import type { Mending, Next, Part, Sign, Task } from './walk.js';

/** Parts that are bounded together. */
const partsPerCall = 16;

type Branch = { readonly node: ProofNode; readonly signs: readonly Sign[] };

/** Parts by signs of neurons, all over one box and with its bounds. */
export async function signed(
  machine: Machine,
  task: Task,
  { node, box }: Part,
  view: BoxView,
  mending: Mending | undefined,
): Promise<Next | Rejection> {
  const { network, products } = machine;
  const stack: Branch[] = [{ node, signs: [] }];
  let leaves = 0;
  while (stack.length > 0) {
    const open = stack.splice(-partsPerCall).flatMap((branch) => unfolded(branch, task.located));
    if (open.some((branch) => branch.node.kind === 'open')) return uncovered(box);
    const combinations = open.map((branch) => leafCombinations(machine, task, view, branch));
    const found = await bound(network, products, combinations.flat());
    let from = 0;
    for (const [at, branch] of open.entries()) {
      const to = from + (combinations[at]?.length ?? 0);
      const own = found.slice(from, to);
      from = to;
      if (isProved(own)) {
        leaves++;
        continue;
      }
      const failure = { leaf: branch.node, box, view, rows: own, signs: branch.signs };
      const instead = mending?.mend(failure);
      if (instead === undefined)
        return notPositive(box, greatest(own), 'the bound of a leaf is not positive');
      stack.push({ node: instead, signs: branch.signs });
    }
  }
  return { leaves, parts: [] };
}

/** Its leaves. */
function unfolded({ node, signs }: Branch, located: Located): Branch[] {
  const found: Branch[] = [];
  const stack: Branch[] = [{ node, signs }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node: own, signs: path } = next;
    if (own.kind === 'cut') throw new Malformed('an input is cut below a sign');
    if (own.kind !== 'sign') found.push(next);
    else {
      if (located.places[own.place] === undefined) throw new Malformed(`there is no place ${own.place}`);
      stack.push({ node: own.negative, signs: [...path, { place: own.place, sign: -1 }] });
      stack.push({ node: own.positive, signs: [...path, { place: own.place, sign: 1 }] });
    }
  }
  return found;
}

function leafCombinations(
  { network }: Machine,
  { located, constraints, margin }: Task,
  box: BoxView,
  { node, signs }: Branch,
): Combination[] {
  const choice = node.kind === 'leaf' ? node.choice : undefined;
  const places = located.places.length;
  const bySign = new Int8Array(places);
  for (const { place, sign } of signs) bySign[place] = sign;
  const { known } = box;
  const lines = linesWith(network, known.bounds, located, choice?.slopes, network.steps.length, bySign);
  const view = { known, lines, ...(choice && { multipliers: multipliersOf(located, choice, signs, known) }) };
  if (choice === undefined) return singly(network, view, constraints, margin);
  if (choice.slopes.length !== places || choice.weights.length !== constraints.length)
    throw new Malformed('the slopes or weights of a leaf do not fit');
  const weights = Array.from(choice.weights);
  // Without any weight the sum says nothing of the constraints, but for a part that is empty: not claimed here.
  if (!weights.every((weight) => weight >= 0 && weight < 2 ** 60) || !weights.some((weight) => weight > 0))
    throw new Malformed('the weights of a leaf are negative or all zero');
  return [combined(network, view, constraints, weights, margin)];
}

/** @throws Malformed where they are negative */
function multipliersOf(
  { places }: Located,
  { multipliers }: LeafChoice,
  signs: readonly Sign[],
  { bounds }: Known,
): Map<number, Float64Array> {
  if (multipliers.length !== signs.length)
    throw new Malformed('the multipliers of a leaf do not fit its signs');
  const found = new Map<number, Float64Array>();
  signs.forEach(({ place, sign }, at) => {
    const multiplier = multipliers[at] ?? Number.NaN;
    const target = places[place];
    if (!(multiplier >= 0 && multiplier < 2 ** 60) || target === undefined)
      throw new Malformed('a multiplier of a leaf is negative');
    const own = found.get(target.step) ?? new Float64Array(bounds[target.step]?.lower.length ?? 0);
    found.set(target.step, own);
    own[target.element] = sign * multiplier;
  });
  return found;
}
