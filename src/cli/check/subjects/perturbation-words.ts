// What a perturbation property claims, in words.
import type { Range } from '../../../graph/perturbation/transform.js';
import type { PerturbationProperty } from '../../../policy/policy.js';

export function perturbationWords({ class: kept, transform, linfEpsilon }: PerturbationProperty): string {
  const own = kept === 'label' ? 'labelled class' : 'class predicted at the row';
  const { rotation, scaling, translation, blur, contrast, brightness, occlusion } = transform;
  const one = (what: string, range: Range | undefined, unit = '') =>
    range === undefined ? [] : [`${what} ${shown(range[0])} to ${shown(range[1])}${unit}`];
  const changes = [
    ...one('rotation', rotation, ' degrees'),
    ...one('scaling', scaling),
    ...one('translation', translation?.[0], ' pixels right'),
    ...one('translation', translation?.[1], ' pixels down'),
    ...one('blur', blur, ' pixels'),
    ...one('contrast', contrast),
    ...one('brightness', brightness),
    ...(occlusion === undefined
      ? []
      : [`occlusion by ${occlusion.size.join(' x ')} pixels of ${shown(occlusion.value)} at every place`]),
  ];
  const noise = linfEpsilon > 0 ? `, after changes of up to ${linfEpsilon} (linf)` : '';
  return `the ${own} wins for every image that the row becomes by ${changes.join(', ')}${noise}`;
}

/** A float32 number as it was written. */
const shown = (value: number): string => String(Number(value.toPrecision(7)));
