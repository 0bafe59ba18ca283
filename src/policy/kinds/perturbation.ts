import { z } from 'zod';
import { greatestFinite } from '../../base/dtype.js';
import type { Range, Transform } from '../../graph/perturbation/transform.js';
import type { Found } from '../found.js';
import type { Path } from '../nodes.js';
import type { PerturbationProperty } from '../policy.js';
import { keptClass, labelProblems } from './classes.js';
import {
  common,
  dataName,
  linfEpsilon,
  modelName,
  oneModel,
  rowProblems,
  rows,
  toSelection,
} from './keys.js';
import { kindRule } from './kind.js';

const number = z.number().min(-greatestFinite.float32).max(greatestFinite.float32);
const range = z.tuple([number, number]);
const side = z.int().min(1);

const transform = z
  .strictObject({
    rotation: range.optional().describe('[least, greatest] angle in degrees, clockwise about the middle.'),
    scaling: range.optional().describe('[least, greatest] factor, above 0, about the middle.'),
    translation: z
      .tuple([range, range])
      .optional()
      .describe('[[least, greatest] to the right, [least, greatest] down], in pixels.'),
    border: number
      .optional()
      .describe('Value outside of the image, for rotation, scaling and translation. Default: 0.'),
    blur: range
      .optional()
      .describe(
        '[least, greatest] standard deviation of a Gaussian blur in pixels; below 0.1 counts as 0.1.',
      ),
    contrast: range
      .optional()
      .describe('[least, greatest] factor of the distance to the middle of the input range.'),
    brightness: range.optional().describe('[least, greatest] amount that is added to every element.'),
    occlusion: z
      .strictObject({
        size: z.tuple([side, side]).describe('[height, width] of the rectangle in pixels.'),
        value: number.describe('Value of its pixels.'),
      })
      .optional()
      .describe('A rectangle that hides pixels, at every whole place inside the image.'),
  })
  .describe('Changes of the image, all at once, in the order of docs/policy.md; at least one.');

const text = z
  .strictObject({
    kind: z
      .literal('perturbation')
      .describe('Perturbation: the class does not change however images are transformed.'),
    ...common,
    model: modelName,
    data: dataName,
    rows: rows.optional(),
    class: keptClass,
    transform,
    linfEpsilon: linfEpsilon
      .optional()
      .describe('Greatest change of any element of a row before it is transformed. Default: none.'),
    imageShape: z
      .array(side)
      .min(2)
      .max(3)
      .optional()
      .describe(
        'Shape of one image, in the order of "layout", where the model takes flat rows; [height, width] for one channel.',
      ),
    layout: z
      .enum(['chw', 'hwc'])
      .default('chw')
      .describe('Order of the axes of one image: channels first, or last.'),
  })
  .describe(
    'However each row, an image, is transformed, the model gives one and the same class. A tie or a NaN violates it.',
  );

export const perturbation = kindRule<typeof text, PerturbationProperty>({
  text,
  references: oneModel,
  problems: (property, sources, path) => [
    ...rowProblems(property, path),
    ...labelProblems(property, sources, path),
    ...transformProblems(property.transform, [...path, 'transform']),
  ],
  toProperty: (
    { kind, model, data, rows, class: kept, linfEpsilon, imageShape, layout, transform },
    common,
  ) => ({
    ...common,
    kind,
    model,
    around: toSelection(data, rows),
    class: kept,
    linfEpsilon: linfEpsilon ?? 0,
    transform: toTransform(transform),
    image: { shape: imageShape, layout },
  }),
});

type TransformText = z.output<typeof transform>;

/** As bounds of inputs are: to the nearest float32. */
const rounded = (range: Range | undefined): Range | undefined =>
  range && [Math.fround(range[0]), Math.fround(range[1])];

function toTransform({ border = 0, occlusion, translation, ...ranges }: TransformText): Transform {
  const [right, down] = translation ?? [];
  return {
    rotation: rounded(ranges.rotation),
    scaling: rounded(ranges.scaling),
    translation: right && down && [rounded(right) ?? right, rounded(down) ?? down],
    border: Math.fround(border),
    blur: rounded(ranges.blur),
    contrast: rounded(ranges.contrast),
    brightness: rounded(ranges.brightness),
    occlusion: occlusion && { ...occlusion, value: Math.fround(occlusion.value) },
  };
}

const geometric = ['rotation', 'scaling', 'translation'] as const;

function transformProblems(transform: TransformText, path: Path): Found[] {
  const { border, occlusion: _, translation, ...ranges } = transform;
  const pairs: [Path, Range][] = [
    ...Object.entries(ranges).flatMap(([key, range]): [Path, Range][] =>
      range === undefined ? [] : [[[...path, key], range]],
    ),
    ...(translation ?? []).map((range, at): [Path, Range] => [[...path, 'translation', at], range]),
  ];
  const found = pairs.flatMap(([at, [least, most]]) =>
    least <= most
      ? []
      : [{ path: at, text: `the least, ${least}, exceeds the greatest, ${most}; write [${most}, ${least}]` }],
  );
  const refuse = (isWrong: boolean, at: Path, text: string, hint: string): Found[] =>
    isWrong ? [{ path: at, text, hint }] : [];
  const isIdle = Object.keys(transform).every((key) => key === 'border');
  return [
    ...found,
    ...refuse(isIdle, path, 'transform: names no change', 'write "brightness: [-0.1, 0.1]", for example'),
    ...refuse(
      border !== undefined && geometric.every((key) => transform[key] === undefined),
      [...path, 'border'],
      'border needs rotation, scaling or translation, which look outside of the image',
      'leave it out',
    ),
    ...refuse(
      (ranges.scaling?.[0] ?? 1) < 0.01,
      [...path, 'scaling'],
      'scaling: below 0.01',
      'a factor of 1 leaves the size as it is',
    ),
    ...refuse(
      (ranges.blur?.[0] ?? 0) < 0,
      [...path, 'blur'],
      'blur: a negative standard deviation',
      'begin at 0',
    ),
    ...refuse(
      Math.max(...(ranges.rotation ?? [0]).map(Math.abs)) > 360,
      [...path, 'rotation'],
      'rotation: more than a whole turn',
      'angles are degrees from -360 to 360',
    ),
  ];
}
