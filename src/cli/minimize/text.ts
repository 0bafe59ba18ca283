// What minimising has won, as a small table.
import type { Distances } from '../../findings/distances.js';
import type { Judgement } from '../../policy/judge.js';
import type { Style } from '../../report/style.js';
import { approximately, count } from '../../report/words.js';
import { table } from '../table.js';

export function distanceLines(
  before: Distances,
  after: Distances,
  judgedBefore: Judgement,
  judgedAfter: Judgement,
  style: Style,
): string[] {
  const norms = ['linf', 'l2', 'l1'] as const;
  const margin = ({ margin: value }: Judgement) => (value === null ? 'none' : approximately(value));
  const column = (distances: Distances, judged: Judgement) => [
    ...norms.map((norm) => approximately(distances[norm])),
    count(distances.l0),
    margin(judged),
  ];
  return table(
    [
      { title: '', cells: [...norms, 'l0', 'margin'] },
      { title: 'before', cells: column(before, judgedBefore), align: 'right' },
      { title: 'after', cells: column(after, judgedAfter), align: 'right' },
    ],
    undefined,
    style,
  );
}
