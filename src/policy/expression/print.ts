// A condition as text that needs no names and no row: what a finding is judged again by.
import type { Observed } from './observed.js';
import type { Condition, Numeric } from './syntax.js';

/** What stands for the row, which becomes numbers. */
export type Given = Pick<Observed, 'predicted' | 'row'> & { readonly label?: number | undefined };

type Part = Condition | Numeric;

/** As the parser has them: the greater, the tighter. */
const tightness: Readonly<Record<string, number>> = {
  implies: 0,
  or: 1,
  and: 2,
  not: 3,
  comparison: 4,
  member: 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  negative: 7,
};

const levelOf = (part: Part): number =>
  tightness[part.kind === 'arithmetic' ? part.operator : part.kind] ?? 8;

/** Read back, the same condition of the same inputs. Brackets stand only where they are needed: a parser allows so many. */
export function printCondition(part: Part, given: Given): string {
  const at = levelOf(part);
  const inner = (each: Part) => printCondition(each, given);
  const within = (each: Part, least: number) => (levelOf(each) < least ? `(${inner(each)})` : inner(each));
  switch (part.kind) {
    case 'implies':
      return `${within(part.left, at + 1)} implies ${within(part.right, at)}`;
    case 'and':
    case 'or':
      return `${within(part.left, at)} ${part.kind} ${within(part.right, at + 1)}`;
    case 'not':
      return `not ${within(part.of, at)}`;
    case 'member':
      return `${within(part.of, at + 1)} in top(${part.count})`;
    case 'comparison':
      return `${within(part.left, at + 1)} ${part.operator} ${within(part.right, at + 1)}`;
    case 'arithmetic':
      return `${within(part.left, at)} ${part.operator} ${within(part.right, at + 1)}`;
    case 'negative':
      return `-${within(part.of, at)}`;
    case 'abs':
      return `abs(${inner(part.of)})`;
    case 'extremum':
      return `${part.by}(${part.of.map(inner).join(', ')})`;
    case 'reduction':
      return `${part.by}(${part.of})`;
    case 'number':
      return String(part.value);
    case 'class':
      return String(part.index);
    case 'label':
    case 'predicted':
      return String(given[part.kind] ?? part.kind);
    case 'row':
      return signed(given.row?.[part.index] ?? Number.NaN);
    case 'element':
      return `${part.of}[${typeof part.index === 'number' ? part.index : (given[part.index] ?? part.index)}]`;
  }
}

/** The language has no numbers with a sign. */
const signed = (value: number): string => (value < 0 ? `(-${-value})` : String(value + 0));
