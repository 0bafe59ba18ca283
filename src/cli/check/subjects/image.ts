// How the inputs of a model are images, as a property or the model itself says.
import { sameShape, sizeOf } from '../../../base/shape.js';
import { UserError } from '../../../base/user-error.js';
import type { ImageShape } from '../../../graph/perturbation/transform.js';
import type { PerturbationProperty } from '../../../policy/policy.js';
import { placeOf } from '../../../policy/position.js';
import { inputShape } from '../fit.js';
import type { OpenModel } from '../models.js';

/** @throws UserError where the inputs are no such images */
export function imageOf(
  { image: { shape, layout }, at, name }: PerturbationProperty,
  model: OpenModel,
): ImageShape {
  const given = inputShape(model);
  const wanted = shape ?? given;
  const fits =
    sizeOf(wanted) === sizeOf(given) &&
    (given.length === 1 || sameShape(wanted, given) || shape !== undefined);
  const found = fits ? layoutOf(wanted, layout) : undefined;
  if (found !== undefined) return found;
  const what = shape === undefined ? 'is no image' : `holds no images of shape [${shape.join(', ')}]`;
  throw new UserError('INVALID_POLICY', {
    where: `${placeOf(at)}: property "${name}"`,
    problem: `input "${model.typed.input.name}" of model "${model.name}", [${given.join(', ')}], ${what}`,
    hint: 'write "imageShape: [channels, height, width]", or with "layout: hwc" [height, width, channels]',
  });
}

function layoutOf(shape: readonly number[], layout: 'chw' | 'hwc'): ImageShape | undefined {
  const [a = 1, b = 1, c = 1] = shape;
  if (shape.length === 2) return { channels: 1, height: a, width: b, order: 'HW' };
  if (shape.length !== 3) return undefined;
  return layout === 'chw'
    ? { channels: a, height: b, width: c, order: 'CHW' }
    : { channels: c, height: a, width: b, order: 'HWC' };
}
