// Values that say which of several scores is the greatest: ArgMax of scores, or of their Softmax, which keeps their order. Which score wins
// is certain where its differences to all others are bounded from below; bounds of single scores say less, as they move together.
import { sizeOf } from '../../../base/shape.js';
import type { Node } from '../../../graph/graph.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import { intAttribute } from '../../../ops/attributes.js';
import { softmaxRelativeError } from '../../../ops/operators/softmax.js';
import { createRounding, type Deployment } from '../../../ops/rounding.js';
import { imageOf } from '../windows/image.js';

export type Winners = {
  /** The value of the winners' numbers. */
  readonly name: string;
  /** The value that the scores are in. */
  readonly scores: string;
  /** By element of the winners: flat elements of the scores, in the order in which winners are numbered. */
  readonly candidates: readonly (readonly number[])[];
  /** A score that exceeds all others by more than this wins on the deployed network, too. */
  readonly needed: number;
};

/** @param model one instance */
export const winnersOf = (model: TypedModel, arithmetic: Deployment): Winners[] =>
  model.graph.nodes.flatMap((node) =>
    node.type === 'ArgMax' && node.domain === '' ? (winnersAt(model, node, arithmetic) ?? []) : [],
  );

function winnersAt(model: TypedModel, node: Node, arithmetic: Deployment): Winners | undefined {
  const [given = ''] = node.inputs;
  const [name = ''] = node.outputs;
  const moved = imageOf(model, given);
  const contests = alongAxis(shapeOf(model, given), intAttribute(node, 'axis', 0)).map((places) =>
    places.map(moved.elementOf),
  );
  const softmax = model.graph.nodes.find(({ outputs }) => outputs[0] === moved.name);
  if (softmax?.type !== 'Softmax' || softmax.domain !== '')
    return { name, scores: moved.name, candidates: contests, needed: 0 };
  if (!areRows(model, softmax, contests)) return undefined;
  const source = imageOf(model, softmax.inputs[0] ?? '');
  const candidates = contests.map((places) => places.map(source.elementOf));
  return {
    name,
    scores: source.name,
    candidates,
    needed: neededBefore(candidates[0]?.length ?? 1, arithmetic),
  };
}

const shapeOf = ({ types }: TypedModel, name: string): number[] => (types.get(name)?.shape ?? []).map(Number);

/** Flat elements that differ along one axis only, all of them for each place on the others. */
function alongAxis(shape: readonly number[], axis: number): number[][] {
  const at = axis < 0 ? axis + shape.length : axis;
  const inner = sizeOf(shape.slice(at + 1));
  const count = shape[at] ?? 1;
  return Array.from({ length: sizeOf(shape) / count }, (_, place) => {
    const first = Math.floor(place / inner) * inner * count + (place % inner);
    return Array.from({ length: count }, (_, candidate) => first + candidate * inner);
  });
}

/** Whether each contest is among all that one sum of exponentials is made of. */
function areRows(model: TypedModel, node: Node, contests: readonly (readonly number[])[]): boolean {
  const shape = shapeOf(model, node.inputs[0] ?? '');
  const opset = node.opset ?? model.opsets.get('') ?? 1;
  const axis = intAttribute(node, 'axis', opset < 13 ? 1 : -1);
  const at = axis < 0 ? axis + shape.length : axis;
  // Before opset 13 all axes from this one on are normalised together.
  const whole = opset < 13 ? [...shape.slice(0, at), sizeOf(shape.slice(at))] : shape;
  const rowOf = new Int32Array(sizeOf(shape));
  const rows = alongAxis(whole, at);
  for (const [row, elements] of rows.entries()) for (const element of elements) rowOf[element] = row;
  return contests.every(
    (places) =>
      places.length === rows[0]?.length && places.every((place) => rowOf[place] === rowOf[places[0] ?? 0]),
  );
}

/**
 * Of n shares the greatest is at least 1 / n; one whose score is less by d is at most exp(-d) times as great. Computed, each is off by at
 * most a relative error r, where it does not underflow, which makes it smaller than 1 / n all the more: 1 + d > (1 + r) / (1 - r) is enough,
 * and d = 4 r is, for r below 1/4. Twice that leaves room for what this sum and the bounds' own last rounding lose.
 */
function neededBefore(candidates: number, arithmetic: Deployment): number {
  const rounding = createRounding('float32', arithmetic);
  return 8 * softmaxRelativeError(rounding, candidates);
}
