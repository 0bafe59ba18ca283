// Whether programs of a model can take many rows at once.
import { keptWith } from '../base/kept-with.js';
import type { TypedModel } from '../graph/typed-model.js';
import { Program } from '../program/program.js';
import { ProgramError } from '../program/program-error.js';
import { lowerModel } from './lower-model.js';

/** True along the file's own batch axis, or where one row's program can be mapped over rows (lower-model.ts). */
export const runsBatched = keptWith((model: TypedModel): boolean => {
  if (model.batched) return true;
  const p = new Program();
  try {
    lowerModel(p, model, p.input('x', model.input.dtype, ['batch', ...model.input.shape.slice(1)]));
    return true;
  } catch (error) {
    if (error instanceof ProgramError) return false;
    throw error;
  }
});
