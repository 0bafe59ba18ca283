// Which values can be packed: element by element exact functions of small vectors.
import { sameDims } from '../dims.js';
import { only, type Value } from '../value.js';

/**
 * What is correctly rounded, or not rounded at all: an element is the same wherever it stands. Kernels of exp, tanh, sqrt and the like
 * may compute the last elements of an array otherwise than those before.
 */
const exact: ReadonlySet<string> = new Set([
  ...['neg', 'abs', 'relu', 'sign', 'floor', 'ceil', 'round', 'detach', 'isNaN', 'isInf', 'not', 'cast'],
  ...['add', 'sub', 'mul', 'div', 'max', 'min', 'and', 'or', 'where'],
  ...['greater', 'greaterOrEqual', 'less', 'lessOrEqual', 'equal'],
]);

/**
 * Elements for each index of the open axis. Packing copies what goes in and what comes out, which costs more than nodes do where values
 * are large.
 */
const greatestVector = 2048;

/** The open axis in front, whose size all members of a pack share; undefined where every axis is fixed. */
export const leadOf = ({ shape }: Value): string | undefined =>
  typeof shape[0] === 'string' ? shape[0] : undefined;

/** Axes behind the open one. Those of a vector are fixed. */
export const restOf = (value: Value): readonly number[] =>
  (leadOf(value) === undefined ? value.shape : value.shape.slice(1)).map(Number);

/** Elements for each index of the open axis; NaN where another is open, too. */
export function elementsOf({ shape }: Value): number {
  let size = 1;
  for (let axis = typeof shape[0] === 'string' ? 1 : 0; axis < shape.length; axis++)
    size *= Number(shape[axis]);
  return size;
}

const isVector = (value: Value): boolean => {
  if (value.isConstant) return false;
  const size = elementsOf(value);
  return size >= 1 && size <= greatestVector;
};

export const isConstantNode = (value: Value): boolean => value.primitive === 'constant';

/** True where packs of the operands, and constants, are enough to compute a pack of such values. */
export const isElementwise = (value: Value): boolean =>
  exact.has(value.primitive) &&
  isVector(value) &&
  value.inputs.every(
    (input) => isConstantNode(input) || (!input.isConstant && sameDims(input.shape, value.shape)),
  );

/** A reshape of a vector, which leaves the order of its elements: in a pack it is nothing. */
const isMove = (value: Value): boolean => {
  if (value.primitive !== 'reshape' || value.inputs.length > 1) return false;
  const x = only(value.inputs);
  return leadOf(value) === leadOf(x) && isVector(value) && isVector(x);
};

/** What values are reshapes of. */
export type Sources = {
  /** The value that this one is a reshape of, if it is one; else itself. */
  of(value: Value): Value;
};

/** @param values inputs before users */
export function findSources(values: readonly Value[]): Sources {
  const sources = new Map<Value, Value>();
  const of = (value: Value) => sources.get(value) ?? value;
  for (const value of values) if (isMove(value)) sources.set(value, of(only(value.inputs)));
  return { of };
}
