// A condition as and and or of linear comparisons: what a proof shows to be empty.
import { type Comparisons, FALSE, type Formula, joined, TRUE } from '../vnnlib/formula.js';
import { halfSpace } from './half-space.js';
import {
  difference,
  elementOf,
  type Fixed,
  type Form,
  formOf,
  minusOne,
  NotLinear,
  scaled,
  single,
  sum,
} from './linear.js';
import { signOf } from './rational.js';
import { type Comparison, type Condition, type Numeric, opposite, type Vector } from './syntax.js';

/** Comparisons that one assertion may come to: more take longer than anybody waits. */
const mostComparisons = 2 ** 17;

/**
 * Where the condition is true, or false, of an input and its finite outputs, in real arithmetic.
 * @throws NotLinear where it is not linear in every case
 */
export function formulaOf(condition: Condition, wanted: boolean, fixed: Fixed, table: Comparisons): Formula {
  const inner = (part: Condition, is: boolean) => formulaOf(part, is, fixed, table);
  switch (condition.kind) {
    case 'and':
    case 'or':
      return joined((condition.kind === 'and') === wanted ? 'and' : 'or', [
        inner(condition.left, wanted),
        inner(condition.right, wanted),
      ]);
    case 'implies':
      return joined(wanted ? 'or' : 'and', [inner(condition.left, !wanted), inner(condition.right, wanted)]);
    case 'not':
      return inner(condition.of, !wanted);
    case 'member':
      return classes(condition.of, fixed, table, (at) => member(at, condition.count, wanted, fixed, table));
    case 'comparison': {
      const { left, right } = condition;
      const operator = wanted ? condition.operator : opposite[condition.operator];
      if (isPosition(left) || isPosition(right)) return positions({ operator, left, right }, fixed, table);
      return numbers(operator, difference(formOf(left, fixed), formOf(right, fixed)), table);
    }
  }
}

/** form operator 0 */
function numbers(operator: Comparison, form: Form, table: Comparisons): Formula {
  const negative = () => scaled(form, minusOne);
  switch (operator) {
    case '<':
    case '<=':
      return atMostZero(form, operator === '<', table);
    case '>':
    case '>=':
      return atMostZero(negative(), operator === '>', table);
    case '==':
      return joined('and', [atMostZero(form, false, table), atMostZero(negative(), false, table)]);
    case '!=':
      return joined('or', [atMostZero(form, true, table), atMostZero(negative(), true, table)]);
  }
}

/** A maximum is at most something where all of its choices are; at least, where one of them is. */
function atMostZero({ maxima, ...linear }: Form, strict: boolean, table: Comparisons): Formula {
  const [first, ...others] = maxima;
  if (table.sides.length > mostComparisons) throw new NotLinear('it has too many cases');
  if (first === undefined) return halfSpace({ ...linear, maxima }, strict, table);
  const cases = first.choices.map((choice) =>
    atMostZero(sum({ ...linear, maxima: others }, scaled(choice, first.scale)), strict, table),
  );
  return joined(signOf(first.scale) > 0 ? 'and' : 'or', cases);
}

type Position = Extract<Numeric, { kind: 'reduction' }> & { readonly by: 'argmax' | 'argmin' };

const isPosition = (part: Numeric): part is Position =>
  part.kind === 'reduction' && (part.by === 'argmax' || part.by === 'argmin');

const isClass = (part: Numeric): boolean => ['class', 'label', 'predicted', 'number'].includes(part.kind);

const numberOf = (part: Numeric, fixed: Fixed): number =>
  part.kind === 'class'
    ? part.index
    : part.kind === 'number'
      ? part.value
      : part.kind === 'label' || part.kind === 'predicted'
        ? (fixed[part.kind] ?? Number.NaN)
        : Number.NaN;

const turned: Readonly<Record<Comparison, Comparison>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
};

const relations: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

type Sides = { readonly operator: Comparison; readonly left: Numeric; readonly right: Numeric };

function positions({ operator, left, right }: Sides, fixed: Fixed, table: Comparisons): Formula {
  if (!isPosition(left))
    return positions({ operator: turned[operator], left: right, right: left }, fixed, table);
  if (isPosition(right))
    return classes(right, fixed, table, (at) =>
      among(left, (index) => relations[operator](index, at), fixed, table),
    );
  if (!isClass(right)) throw new NotLinear('it calculates with a position');
  const at = numberOf(right, fixed);
  if (Number.isNaN(at)) throw new NotLinear('it compares with a class that is not there');
  return among(left, (index) => relations[operator](index, at), fixed, table);
}

/** For a class, or for each that a position may be together with the condition that it is. */
function classes(part: Numeric, fixed: Fixed, table: Comparisons, then: (at: number) => Formula): Formula {
  if (!isPosition(part)) {
    if (!isClass(part)) throw new NotLinear('it calculates with a position');
    return then(numberOf(part, fixed));
  }
  const each = Array.from({ length: fixed.sizes[part.of] }, (_, at) =>
    joined('and', [isAt(part, at, true, fixed, table), then(at)]),
  );
  return joined('or', each);
}

/** The position is one of those; said of whichever are fewer, those or the others. */
function among(
  position: Position,
  isWanted: (index: number) => boolean,
  fixed: Fixed,
  table: Comparisons,
): Formula {
  const all = Array.from({ length: fixed.sizes[position.of] }, (_, index) => index);
  const [wanted, others] = [all.filter(isWanted), all.filter((index) => !isWanted(index))];
  if (wanted.length === 0) return FALSE;
  if (others.length === 0) return TRUE;
  const few = (indices: readonly number[], is: boolean) =>
    joined(
      is ? 'or' : 'and',
      indices.map((index) => isAt(position, index, is, fixed, table)),
    );
  return others.length < wanted.length ? few(others, false) : few(wanted, true);
}

/** The position is `at`, or is not: the element is beaten by none, or by some other. */
function isAt(position: Position, at: number, wanted: boolean, fixed: Fixed, table: Comparisons): Formula {
  const { by, of } = position;
  const beaten = others(fixed.sizes[of], at).map((other) => {
    const [ahead, behind] = by === 'argmax' ? [other, at] : [at, other];
    return isAhead(of, [ahead, behind], other < at, !wanted, table);
  });
  return joined(wanted ? 'and' : 'or', beaten);
}

/**
 * v_a > v_b, or v_a >= v_b where `ties`; or that this is false.
 * @param ties whether equal values count: the earlier of equal elements is ahead
 */
function isAhead(
  of: Vector,
  [a, b]: readonly [number, number],
  ties: boolean,
  wanted: boolean,
  table: Comparisons,
): Formula {
  if (table.sides.length > mostComparisons) throw new NotLinear('it has too many cases');
  const form = difference(single(elementOf(of, b)), single(elementOf(of, a)));
  return numbers(wanted ? (ties ? '<=' : '<') : ties ? '>' : '>=', form, table);
}

const others = (count: number, at: number): number[] =>
  Array.from({ length: count }, (_, index) => index).filter((index) => index !== at);

/** Fewer than `count` outputs are ahead of it; or at least so many. */
function member(at: number, count: number, wanted: boolean, { sizes }: Fixed, table: Comparisons): Formula {
  if (!(at >= 0 && at < sizes.y)) throw new NotLinear('it compares with a class that is not there');
  const rivals = others(sizes.y, at);
  const ahead = (rival: number, is: boolean) => isAhead('y', [rival, at], rival < at, is, table);
  // So many of them are ahead, or all but so many are behind.
  const chosen = wanted ? rivals.length - (count - 1) : count;
  if (chosen <= 0) return wanted ? TRUE : FALSE;
  if (chosen > rivals.length) return FALSE;
  if (subsetCount(rivals.length, chosen) * chosen > mostComparisons)
    throw new NotLinear('it has too many cases');
  const atoms = new Map(rivals.map((rival) => [rival, ahead(rival, !wanted)]));
  return joined(
    'or',
    subsets(rivals, chosen).map((subset) =>
      joined(
        'and',
        subset.map((rival) => atoms.get(rival) ?? FALSE),
      ),
    ),
  );
}

function subsetCount(size: number, chosen: number): number {
  let count = 1;
  for (let at = 1; at <= chosen; at++) count = (count * (size - chosen + at)) / at;
  return count;
}

function subsets<T>(from: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return from.flatMap((first, at) => subsets(from.slice(at + 1), size - 1).map((rest) => [first, ...rest]));
}
