// All instances of a property: data for the table that the script makes.
import type { InstanceReport, PropertyReport } from '../../findings/report.js';
import type { Verdict } from '../../findings/verdict.js';
import { methods, reasons } from '../verdict-words.js';
import { count, oneLine } from '../words.js';
import type { Counterexample } from './counterexamples.js';
import type { InstanceTable, Row } from './instance-table.js';
import { marginOf } from './margins.js';
import { embedded, html, type Markup } from './markup.js';
import { verdictKinds, verdictMarks } from './verdict-looks.js';

type Column = { readonly name: string; readonly of: (instance: InstanceReport) => number | null };

const columns: readonly Column[] = [
  { name: 'Margin', of: ({ verdict }) => marginOf(verdict) },
  {
    name: 'Distance',
    of: ({ verdict }) => (verdict.kind === 'violated' ? verdict.witness.linfDistance : null),
  },
  { name: 'Executions', of: ({ verdict }) => executionsOf(verdict) },
  { name: 'Sub-problems', of: ({ subproblems }) => subproblems ?? null },
];

const executionsOf = (verdict: Verdict): number | null => {
  if (verdict.kind === 'tested') return verdict.executions;
  return verdict.kind === 'violated' ? verdict.witness.executions : null;
};

/** One alone needs no table. */
export function instanceSection(
  property: PropertyReport,
  place: number,
  cards: readonly Counterexample[],
): Markup | undefined {
  const { instances } = property;
  if (instances.length < 2) return undefined;
  return html`<details class="instances" data-table="t${place}" data-name="${oneLine(property.name)}">
<summary><h3>All ${count(instances.length)} instances</h3></summary>
<noscript><p class="hint">The table needs JavaScript. The JSON report has the same instances.</p></noscript>
${embedded(`t${place}`, tableOf(property, cards))}
</details>`;
}

export function tableOf({ instances }: PropertyReport, cards: readonly Counterexample[]): InstanceTable {
  const used = columns.filter(({ of }) => instances.some((instance) => of(instance) !== null));
  const places = new Map<string, number>();
  const placeOf = (text: string) => {
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return place;
  };
  const cardOf = new Map(cards.map(({ instance, id }) => [instance, id]));
  const rows = instances.map(
    (instance): Row => [
      oneLine(instance.instance),
      verdictKinds.indexOf(instance.verdict.kind),
      placeOf(detailOf(instance)),
      instance.verdict.kind === 'violated' ? (cardOf.get(instance.instance) ?? null) : null,
      ...used.map(({ of }) => finite(of(instance))),
    ],
  );
  return {
    verdicts: verdictKinds.map((kind) => ({ kind, mark: verdictMarks[kind] })),
    columns: used.map(({ name }) => name),
    details: [...places.keys()],
    rows,
  };
}

function detailOf({ verdict, accepted, discounted }: InstanceReport): string {
  const words = wordsOf(verdict);
  if (discounted) return `${words}, which the policy does not count`;
  if (accepted === undefined) return words;
  return `${words} (accepted by the baseline${accepted.reason === null ? '' : `: ${oneLine(accepted.reason)}`})`;
}

function wordsOf(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'proved':
      return `${methods[verdict.method]}${verdict.checked ? ', checked independently' : ''}`;
    case 'violated':
      return oneLine(verdict.witness.summary);
    case 'tested':
      return 'no violation found';
    case 'unknown':
      return `${reasons[verdict.reason]}: ${oneLine(verdict.detail)}`;
  }
}

/** Seven digits are more than a float32 has to say; JSON has no infinities. */
const finite = (value: number | null): number | null =>
  value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(7));
