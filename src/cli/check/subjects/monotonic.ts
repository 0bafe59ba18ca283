import { monotonic as ask } from '../../../fuzz/objectives/pairs.js';
import type { PairSpace } from '../../../policy/pairs.js';
import type { MonotonicProperty } from '../../../policy/policy.js';
import { placeOf } from '../../../policy/position.js';
import type { Slopes } from '../../../verify/slopes/slopes.js';
import { exceeds } from '../../../verify/unsafe.js';
import { classCount } from '../fit.js';
import type { SubjectMaker } from '../subject.js';
import { doubleBox, tiesOf } from './paired.js';
import { elementOf, requireOutput, singleInputs, whereWords } from './single-inputs.js';
import { derivedSlack, type Sloped, unitRows } from './sloped.js';
import { slopedPair } from './sloped-pair.js';

/** f(x')_o >= f(x)_o - slack for all x and x' of the set that differ by greater features only; f(x')_o <= f(x)_o + slack if decreasing. */
export const monotonic: SubjectMaker<MonotonicProperty> = async (property, context) => {
  const { resources, runtime } = context;
  const { direction, output } = property;
  const model = await resources.model(property.model);
  const outputs = classCount(model);
  requireOutput(output, outputs, property);
  const set = await singleInputs(property, model, context);
  const features = property.features.map((name) => elementOf(name, property, set, context));
  const space: PairSpace = {
    size: set.size,
    differences: features.map((element) => ({ kind: 'greater', element })),
  };
  const rows = unitRows([output], outputs, direction === 'increasing' ? 1 : -1);
  const slack = property.slack ?? (await derivedSlack({ model, set, rows }, placeOf(property.at), runtime));
  const sloped: Sloped = { model, set, rows, slack, excess: fallOver(features) };
  const ties = tiesOf(space);
  const [before, after] = [output, outputs + output];
  const sign = direction === 'increasing' ? 1 : -1;
  const broken = exceeds(
    [
      [before, sign],
      [after, -sign],
    ],
    slack,
  );
  const disjuncts = (instance: number) => [{ ...doubleBox(set, instance), constraints: [...ties, broken] }];
  return slopedPair(
    {
      property,
      model,
      set,
      space,
      statement: { output, direction, slack },
      ask: ask(output, direction, slack),
      claim: `output ${output} does not ${sign === 1 ? 'fall' : 'rise'} by more than ${slack} as ${wordsOf(property)}, ${whereWords(property)}`,
    },
    sloped,
    disjuncts,
    runtime,
  );
};

const wordsOf = ({ features }: MonotonicProperty): string =>
  features.length === 1 ? `input ${features[0]} grows` : `inputs ${features.join(', ')} grow`;

/** How far the output may fall where features grow over the whole width of the set, along slopes that are negative. */
const fallOver =
  (features: readonly number[]) =>
  ({ least }: Slopes, widths: Float64Array): number =>
    features.reduce((sum, at) => sum + fallOf(least[at], widths[at]), 0);

/** Without a width nothing changes, whatever the slope. */
const fallOf = (slope = Number.NaN, width = Number.NaN): number =>
  width === 0 || slope >= 0 ? 0 : -slope * width;
