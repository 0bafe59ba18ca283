import { z } from 'zod';
import type { ConfidenceProperty } from '../policy.js';
import { chosenKeys, chosenProblems, toChosen } from './chosen.js';
import { common, oneModel } from './keys.js';
import { kindRule } from './kind.js';

const text = z
  .strictObject({
    kind: z.literal('confidence').describe('No answer is confident, as none should be outside of the data.'),
    ...common,
    ...chosenKeys,
    threshold: z.number().min(0).max(1).describe('The greatest probability that any class may have, 0 to 1.'),
    output: z
      .enum(['logits', 'probabilities'])
      .describe('What the model gives: logits, which a softmax makes probabilities of, or probabilities.'),
  })
  .describe('No class has a probability above the threshold. A NaN violates it.');

export const confidence = kindRule<typeof text, ConfidenceProperty>({
  text,
  references: oneModel,
  problems: chosenProblems,
  toProperty: (property, common, around) => ({
    ...common,
    ...toChosen(property, around),
    kind: property.kind,
    threshold: property.threshold,
    output: property.output,
  }),
});
