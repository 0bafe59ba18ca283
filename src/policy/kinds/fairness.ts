import { z } from 'zod';
import type { Found } from '../found.js';
import type { Path } from '../nodes.js';
import type { FairnessProperty, ProtectedAttribute } from '../policy.js';
import {
  common,
  elementName,
  modelName,
  oneModel,
  optionalRows,
  orphanProblems,
  repeated,
  rowProblems,
  toAround,
} from './keys.js';
import { kindRule } from './kind.js';

const attribute = z
  .union([
    elementName,
    z.strictObject({
      feature: elementName.optional(),
      features: z
        .array(elementName)
        .min(1)
        .optional()
        .describe('Several elements that make one attribute, such as those of a one-hot code.'),
      values: z
        .array(z.union([z.number(), z.array(z.number()).min(1)]))
        .min(2)
        .optional()
        .describe(
          'The values that it may have: numbers, or for "features" lists with a number for each of them.',
        ),
      range: z.tuple([z.number(), z.number()]).optional().describe('[lower, upper]: all numbers between.'),
    }),
  ])
  .describe('An element that may have any value of its input range, or what it may have.');

const text = z
  .strictObject({
    kind: z.literal('fairness').describe('Protected attributes do not change the decision.'),
    ...common,
    model: modelName,
    ...optionalRows,
    protected: z.array(attribute).min(1).describe('The protected attributes.'),
    tolerance: z
      .number()
      .min(0)
      .optional()
      .describe('Greatest change of any output, instead of equal classes.'),
  })
  .describe(
    'Two inputs that are equal but for protected attributes get the same class, the first of the greatest outputs; or, with ' +
      '"tolerance", outputs that differ by no more. A NaN violates it.',
  );

type Attribute = z.output<typeof attribute>;

export const fairness = kindRule<typeof text, FairnessProperty>({
  text,
  references: oneModel,
  problems: (property, _sources, path) => [
    ...rowProblems(property, path),
    ...orphanProblems(property, path),
    ...repeated(property.protected.flatMap(elementsOf), [...path, 'protected']),
    ...property.protected.flatMap((each, at) => attributeProblems(each, [...path, 'protected', at])),
  ],
  toProperty: (text, common) => {
    const { kind, model, data, rows, linfEpsilon, tolerance } = text;
    return {
      ...common,
      kind,
      model,
      around: toAround({ data, rows }),
      linfEpsilon,
      protected: text.protected.map(toAttribute),
      tolerance,
    };
  },
});

function elementsOf(attribute: Attribute): readonly (string | number)[] {
  if (typeof attribute !== 'object') return [attribute];
  return attribute.features ?? (attribute.feature === undefined ? [] : [attribute.feature]);
}

function toAttribute(attribute: Attribute): ProtectedAttribute {
  const elements = elementsOf(attribute);
  if (typeof attribute !== 'object') return { elements, values: undefined, range: undefined };
  const { values, range } = attribute;
  const listed = values?.map((value) => (typeof value === 'number' ? [value] : value));
  return { elements, values: listed, range };
}

function attributeProblems(attribute: Attribute, path: Path): Found[] {
  if (typeof attribute !== 'object') return [];
  const { feature, features, values, range } = attribute;
  const found: Found[] = [];
  const add = (text: string, hint: string, to: Path = path) => found.push({ path: to, text, hint });
  if ((feature === undefined) === (features === undefined))
    add('expected one of "feature" and "features"', 'write "feature: 3", or "features: [3, 4]"');
  if (values !== undefined && range !== undefined)
    add('expected at most one of "values" and "range"', 'leave out one of them');
  if (range !== undefined && range[0] > range[1])
    add(
      `range: the lower bound ${range[0]} exceeds the upper ${range[1]}`,
      `write [${range[1]}, ${range[0]}]`,
      [...path, 'range'],
    );
  const count = features?.length ?? 1;
  values?.forEach((value, at) => {
    const length = typeof value === 'number' ? 1 : value.length;
    if (length !== count)
      add(
        `values: expected ${count} number${count === 1 ? '' : 's'}, found ${length}`,
        'give a number for each of its features',
        [...path, 'values', at],
      );
  });
  return found;
}
