import { z } from 'zod';
import type { Found } from '../found.js';
import type { Path } from '../nodes.js';
import type { RangeProperty } from '../policy.js';
import type { Sources } from '../sources.js';
import { show, suggest } from '../suggest.js';
import { chosenKeys, chosenProblems, toChosen, vocabularyOf } from './chosen.js';
import { common, oneModel } from './keys.js';
import { kindRule } from './kind.js';

const limit = z.number();

const text = z
  .strictObject({
    kind: z.literal('range').describe('Outputs stay within limits.'),
    ...common,
    ...chosenKeys,
    outputs: z
      .array(z.union([z.int().min(0), z.string().min(1)]))
      .min(1)
      .optional()
      .describe('The outputs that are meant, by their numbers from 0 or their names. Default: all.'),
    lower: limit.optional().describe('Least value that an output may have. Default: no limit.'),
    upper: limit.optional().describe('Greatest value that an output may have. Default: no limit.'),
  })
  .describe('Every output stays within [lower, upper]. A NaN violates it.');

type Text = z.output<typeof text>;

export const range = kindRule<typeof text, RangeProperty>({
  text,
  references: oneModel,
  problems: (property, sources, path) => [
    ...chosenProblems(property, sources, path),
    ...limitProblems(property, path),
    ...nameProblems(property, sources, path),
  ],
  toProperty: (property, common, around) => {
    const { outputs } = vocabularyOf(property, around.sources);
    return {
      ...common,
      ...toChosen(property, around),
      kind: property.kind,
      outputs: property.outputs?.map((given, at) => ({
        index: typeof given === 'number' ? given : outputs.indexOf(given),
        at: around.source.at([...around.path, 'outputs', at]),
      })),
      lower: property.lower,
      upper: property.upper,
    };
  },
});

function limitProblems({ lower, upper }: Text, path: Path): Found[] {
  if (lower === undefined && upper === undefined)
    return [{ path, text: 'range: neither "lower" nor "upper" is given', hint: 'add one of them, or both' }];
  if (lower === undefined || upper === undefined || lower <= upper) return [];
  const problem = `the lower limit ${lower} exceeds the upper ${upper}: no output could stay within them`;
  return [{ path: [...path, 'lower'], text: problem, hint: 'exchange them' }];
}

function nameProblems(property: Text, sources: Sources, path: Path): Found[] {
  const { outputs } = vocabularyOf(property, sources);
  return (property.outputs ?? []).flatMap((given, at) => {
    if (typeof given === 'number' || outputs.includes(given)) return [];
    const others = suggest(given, outputs, 'the model has');
    const hint = `name the outputs under "models: ${property.model}: outputs", or give their numbers`;
    return [{ path: [...path, 'outputs', at], text: `no output is named ${show(given)}${others}`, hint }];
  });
}
