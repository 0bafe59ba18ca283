// Which values are computed alike: equal trees of element-wise primitives, however their leaves and constants differ.
import { attributesKey } from '../keys.js';
import type { Value } from '../value.js';
import { isConstantNode, isElementwise, leadOf, type Sources } from './vectors.js';

/** Deeper trees are cut, so that walks through them may recurse. */
const greatestHeight = 200;

export type Classes = {
  /** Values of one number can be computed together; undefined for values that are not computed element by element. */
  classOf(value: Value): number | undefined;
  /** Values by class, those of the largest trees first. */
  readonly members: readonly (readonly Value[])[];
};

/**
 * Values of one class have one stage, too: one more than that of any element-wise value that they depend on by way of something else.
 * So none depends on another of its class, nor do packs of classes depend on each other in a circle: of one stage, those of higher
 * trees depend on those of lower ones.
 */
type Place = { readonly stage: number; readonly kind?: number; readonly height: number };

/** What is made of constants only. */
const bottom: Place = { stage: 0, height: 0 };

/** @param values all that are needed, inputs before users */
export function classify(values: readonly Value[], sources: Sources): Classes {
  const places = new Map<Value, Place>();
  const kinds = new Map<string, number>();
  const groups: Group[] = [];
  const placeOf = (value: Value): Place => places.get(sources.of(value)) ?? bottom;
  for (const value of values) {
    if (value.isConstant || sources.of(value) !== value) continue;
    const { stage, stageAbove, height } = above(value.inputs.map(placeOf));
    if (height > greatestHeight || !isElementwise(value)) {
      places.set(value, { stage: stageAbove, height: 0 });
      continue;
    }
    const key = keyOf(value, stage, placeOf);
    const kind = kinds.get(key) ?? groups.length;
    kinds.set(key, kind);
    places.set(value, { stage, kind, height });
    const group = groups[kind];
    if (group === undefined) groups.push({ height, values: [value] });
    else group.values.push(value);
  }
  const several = groups.filter((group) => group.values.length > 1);
  return {
    classOf: (value) => places.get(value)?.kind,
    members: several.sort((a, b) => b.height - a.height).map((group) => group.values),
  };
}

type Group = { readonly height: number; readonly values: Value[] };

/** True where the place is part of a tree of that stage. */
const isInTree = (place: Place, stage: number): boolean => place.kind !== undefined && place.stage === stage;

/** Stage and height of what is computed from these, element by element, and the stage of what is computed otherwise. */
function above(inputs: readonly Place[]) {
  let [stage, stageAbove, height] = [0, 0, 0];
  for (const place of inputs) {
    stage = Math.max(stage, place.stage);
    stageAbove = Math.max(stageAbove, place.kind === undefined ? place.stage : place.stage + 1);
  }
  for (const place of inputs) if (isInTree(place, stage)) height = Math.max(height, place.height);
  return { stage, stageAbove, height: height + 1 };
}

/** Equal for values of one class. */
function keyOf(value: Value, stage: number, placeOf: (value: Value) => Place): string {
  let key = `${value.primitive} ${attributesKey(value.attributes)} ${stage} ${leadOf(value) ?? ''}`;
  for (const input of value.inputs) {
    const place = placeOf(input);
    const role = isConstantNode(input) ? 'c' : isInTree(place, stage) ? place.kind : 'x';
    key += ` ${role}${input.dtype}`;
  }
  return key;
}
