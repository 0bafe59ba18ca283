// The class that a property keeps: what the kinds that have one share.
import { z } from 'zod';
import type { Found } from '../found.js';
import type { Path } from '../nodes.js';
import type { Sources } from '../sources.js';
import { show } from '../suggest.js';
import { lacksLabels } from './keys.js';

export const keptClass = z
  .enum(['label', 'predicted'])
  .default('predicted')
  .describe('The class to keep: the label of the row, or the answer of the model at the row.');

type Kept = { readonly class: 'label' | 'predicted'; readonly data: string };

export function labelProblems(property: Kept, sources: Sources, path: Path): Found[] {
  if (property.class !== 'label' || !lacksLabels(property.data, sources)) return [];
  const problem = `class: label, but the data set ${show(property.data)} has no "labels"`;
  const hint = `add "labels" to data.${property.data}, or write "class: predicted"`;
  return [{ path: [...path, 'class'], text: problem, hint }];
}
