// Keys of kinds that speak of inputs near rows, or of the whole range, and of names in it: model, data, rows, linfEpsilon, assume.
import { z } from 'zod';
import { UserError } from '../../base/user-error.js';
import { parseExpression } from '../expression/parse.js';
import { type Expression, leaves, members } from '../expression/syntax.js';
import type { Vocabulary } from '../expression/vocabulary.js';
import type { Found } from '../found.js';
import type { Path } from '../nodes.js';
import type { Chosen, Written } from '../policy.js';
import type { Sources } from '../sources.js';
import { dataName, linfEpsilon, modelName, own, rowProblems, rows, toSelection } from './keys.js';
import type { Surroundings } from './kind.js';

export const expressionText = z.string().min(1);

export const chosenKeys = {
  model: modelName,
  data: dataName.optional(),
  rows: rows.optional(),
  linfEpsilon: linfEpsilon
    .optional()
    .describe('Greatest change of any element of a row. Default: the whole input range is meant.'),
  assume: expressionText
    .optional()
    .describe('What inputs must satisfy to be meant, an expression such as "0.6 <= x[0] <= 0.68".'),
};

type ChosenText = {
  readonly model: string;
  readonly data?: string | undefined;
  readonly rows?: z.output<typeof rows> | undefined;
  readonly linfEpsilon?: number | undefined;
  readonly assume?: string | undefined;
};

export function vocabularyOf(text: ChosenText, { models, inputs }: Sources): Vocabulary {
  const model = own(models, text.model);
  const isNear = text.data !== undefined && text.linfEpsilon !== undefined;
  return {
    inputs: inputs.names ?? [],
    outputs: (typeof model === 'object' ? model.outputs : undefined) ?? [],
    given: isNear ? ['label', 'predicted', 'row'] : [],
  };
}

export const chosenProblems = (text: ChosenText, sources: Sources, path: Path): Found[] => [
  ...rowProblems(text, path),
  ...orphans(text, path),
  ...expressionProblems(text.assume, vocabularyOf(text, sources), [...path, 'assume'], refuseOutputs),
];

function orphans(property: ChosenText, path: Path): Found[] {
  if (property.data !== undefined) return [];
  const keys = (['rows', 'linfEpsilon'] as const).filter((key) => property[key] !== undefined);
  return keys.map((key) => ({
    path: [...path, key],
    text: `${key} needs "data", the rows that it speaks of`,
    hint: `add "data", or leave out ${key} to mean the whole input range`,
  }));
}

/** None where there is no text. @param also what else may be wrong */
export function expressionProblems(
  text: string | undefined,
  vocabulary: Vocabulary,
  path: Path,
  also: (expression: Expression) => Omit<Found, 'path'>[] = () => [],
): Found[] {
  if (text === undefined) return [];
  try {
    return also(parseExpression(text, vocabulary)).map((found) => ({ ...found, path }));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { problem, hint, excerpt } = error.details;
    return [{ path, text: `${String(path.at(-1))}: ${problem}`, hint, place: excerpt?.at ?? 0 }];
  }
}

function refuseOutputs({ assertion }: Expression): Omit<Found, 'path'>[] {
  const ofOutputs = leaves(assertion).find(
    (leaf) => (leaf.kind === 'element' || leaf.kind === 'reduction') && leaf.of === 'y',
  );
  const found = ofOutputs ?? members(assertion)[0];
  if (found === undefined || !('place' in found)) return [];
  const text = 'assume: an assumption is about inputs, and this is of the output';
  const hint = 'say in "assert" what must follow: "y[0] > 1 implies y[1] < 0"';
  return [{ text, hint, place: found.place }];
}

export function toChosen(text: ChosenText, around: Surroundings): Chosen {
  const { model, data, rows: selected, linfEpsilon: epsilon } = text;
  return {
    model,
    around: data === undefined ? undefined : toSelection(data, selected),
    linfEpsilon: epsilon,
    assume: text.assume === undefined ? undefined : toWritten(text.assume, 'assume', text, around),
  };
}

export function toWritten(
  written: string,
  key: string,
  text: ChosenText,
  { sources, source, path }: Surroundings,
): Written {
  return {
    expression: parseExpression(written, vocabularyOf(text, sources)),
    spot: (place) => source.inside([...path, key], place),
  };
}
