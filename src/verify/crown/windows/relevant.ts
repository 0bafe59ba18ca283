// Elements that a specification of few outputs depends on: bounds of the others of an image cannot matter.
import type { Tensor } from '../../../base/tensor.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import { windowsOf } from './crop.js';
import { imageOf } from './image.js';
import { hull, placeOf, type Window } from './window.js';

/** Whether bounds of an element of a value can matter. */
export type Relevant = (name: string, element: number) => boolean;

/** @param coefficients [rows, outputs]; @param model one instance */
export function relevantTo(model: TypedModel, { shape: [, width = 1], data }: Tensor<'float32'>): Relevant {
  const image = imageOf(model, model.output.name);
  const shape = model.types.get(image.name)?.shape ?? [];
  let window: Window | undefined;
  data.forEach((coefficient, at) => {
    if (coefficient !== 0) window = hull(windowAt(image.elementOf(at % width), shape), window);
  });
  const windows = window && windowsOf(model, image.name, window);
  return (name, element) => {
    if (windows === undefined) return true;
    const own = windows.get(name);
    return own !== undefined && isInside(windowAt(element, model.types.get(name)?.shape ?? []), own);
  };
}

function windowAt(element: number, shape: readonly (number | string)[]): Window {
  const { row, column } = placeOf(element, shape);
  return [
    { from: row, to: row + 1 },
    { from: column, to: column + 1 },
  ];
}

const isInside = (place: Window, window: Window): boolean =>
  window.every(({ from, to }, axis) => from <= (place[axis]?.from ?? 0) && (place[axis]?.to ?? 0) <= to);
