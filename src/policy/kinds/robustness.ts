import { z } from 'zod';
import type { Demand } from '../demand.js';
import type { Found } from '../found.js';
import type { Path } from '../nodes.js';
import type { RobustnessProperty } from '../policy.js';
import { ballKeys, ballOf, ballProblems, oneBall } from './balls.js';
import { keptClass, labelProblems } from './classes.js';
import { common, dataName, modelName, oneModel, rowProblems, rows, toSelection } from './keys.js';
import { kindRule } from './kind.js';

const classIndex = z.int().min(0);

const text = z
  .strictObject({
    kind: z.literal('robustness').describe('Robustness: the class does not change around the rows.'),
    ...common,
    model: modelName,
    data: dataName,
    rows: rows.optional(),
    ...ballKeys,
    class: keptClass,
    topK: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe('The class must be among the k greatest scores. Default: 1, so it must have the greatest.'),
    target: classIndex
      .optional()
      .describe(
        'The one class that must not win around rows of other classes; all other changes are allowed.',
      ),
    targets: z
      .array(classIndex)
      .min(1)
      .optional()
      .describe('Classes that must not win around rows of other classes; all other changes are allowed.'),
  })
  .describe('Around each row the model gives one and the same class. A tie or a NaN violates it.')
  .meta(oneBall);

export const robustness = kindRule<typeof text, RobustnessProperty>({
  text,
  references: oneModel,
  problems: (property, sources, path) => [
    ...rowProblems(property, path),
    ...ballProblems(property, path),
    ...demandProblems(property, path),
    ...labelProblems(property, sources, path),
  ],
  toProperty: ({ kind, model, data, rows, class: kept, ...rest }, common) => ({
    ...common,
    kind,
    model,
    ball: ballOf(rest),
    demand: demandOf(rest),
    around: toSelection(data, rows),
    class: kept,
  }),
});

const demandKeys = ['topK', 'target', 'targets'] as const;
type DemandText = Pick<z.output<typeof text>, (typeof demandKeys)[number]>;

function demandOf({ topK, target, targets }: DemandText): Demand {
  const avoided = targets ?? (target === undefined ? undefined : [target]);
  return avoided === undefined
    ? { kind: 'wins', rank: topK ?? 1 }
    : { kind: 'loses', targets: [...new Set(avoided)] };
}

function demandProblems(property: DemandText, path: Path): Found[] {
  const given = demandKeys.filter((key) => property[key] !== undefined);
  const [, second] = given;
  if (second === undefined) return [];
  const text = `${given.join(' and ')} ask different things of the scores`;
  return [{ path: [...path, second], text, hint: 'keep one of them, or write a property for each' }];
}
