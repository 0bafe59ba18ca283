import { z } from 'zod';
import type { AssertProperty } from '../policy.js';
import {
  chosenKeys,
  chosenProblems,
  expressionProblems,
  expressionText,
  toChosen,
  toWritten,
  vocabularyOf,
} from './chosen.js';
import { common, oneModel } from './keys.js';
import { kindRule } from './kind.js';

const text = z
  .strictObject({
    kind: z.literal('assert').describe('An assertion of your own holds.'),
    ...common,
    ...chosenKeys,
    assert: expressionText.describe(
      'What must be true of every input x and output y, an expression such as "argmax(y) != 0 or y[0] < 3".',
    ),
  })
  .describe('An expression over inputs and outputs is true of every input that is meant. A NaN violates it.');

export const assert = kindRule<typeof text, AssertProperty>({
  text,
  references: oneModel,
  problems: (property, sources, path) => [
    ...chosenProblems(property, sources, path),
    ...expressionProblems(property.assert, vocabularyOf(property, sources), [...path, 'assert']),
  ],
  toProperty: (property, common, around) => ({
    ...common,
    ...toChosen(property, around),
    kind: property.kind,
    assert: toWritten(property.assert, 'assert', property, around),
  }),
});
