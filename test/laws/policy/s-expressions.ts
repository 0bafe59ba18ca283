// VNN-LIB formulas as nested lists, evaluated directly at a point: the reference for the normal form.
import fc from 'fast-check';

export type SExpression = string | readonly SExpression[];

/** Values of the elements that a formula names. */
export type Point = ReadonlyMap<string, number>;

/** All expressions of a file, tensor elements as one word ("X[0,1]"). */
export function read(text: string): SExpression[] {
  const levels: SExpression[][] = [[]];
  const tokens =
    text.replace(/;[^\n]*/g, ' ').match(/[()]|"[^"]*"|[^\s()[\]"]+(?:\s*\[[^\]]*\])?|\[[^\]]*\]/g) ?? [];
  for (const token of tokens) {
    if (token === '(') levels.push([]);
    else if (token === ')') {
      const inner = levels.pop() ?? [];
      levels.at(-1)?.push(inner);
    } else levels.at(-1)?.push(token.replace(/\s/g, ''));
  }
  return levels[0] ?? [];
}

/** Whether all assertions among the expressions of a file hold. */
export const satisfied = (expressions: readonly SExpression[], point: Point): boolean =>
  expressions.every(
    (expression) =>
      expression[0] !== 'assert' || typeof expression === 'string' || truth(expression[1] ?? [], point),
  );

function truth(expression: SExpression, point: Point): boolean {
  const [operator, ...parts] = expression;
  if (operator === 'and') return parts.every((part) => truth(part, point));
  if (operator === 'or') return parts.some((part) => truth(part, point));
  const [a = Number.NaN, b = Number.NaN] = parts.map((part) => value(part, point));
  switch (operator) {
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '=':
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    default:
      throw new Error(`no comparison: ${String(operator)}`);
  }
}

function value(expression: SExpression, point: Point): number {
  if (typeof expression === 'string') return point.get(expression) ?? Number(expression);
  const [operator, ...parts] = expression;
  const [first = Number.NaN, ...others] = parts.map((part) => value(part, point));
  if (operator === '+') return others.reduce((sum, term) => sum + term, first);
  if (operator === '*') return others.reduce((product, factor) => product * factor, first);
  if (operator !== '-') throw new Error(`no operation: ${String(operator)}`);
  return others.length === 0 ? -first : others.reduce((rest, term) => rest - term, first);
}

/** With spaces, line ends and comments where the language allows them. */
export function print(expression: SExpression, space: () => string): string {
  if (typeof expression === 'string') return expression;
  return `(${space()}${expression.map((part) => print(part, space)).join(` ${space()}`)}${space()})`;
}

/** Multiples of 1/4: sums and products of a few are exact. */
const quarter = fc.integer({ min: -8, max: 8 }).map((n) => String(n / 4));

/** Linear expressions over the elements, products by numbers on either side. */
function expressions(element: fc.Arbitrary<string>): fc.Arbitrary<SExpression> {
  const { expression } = fc.letrec<{ expression: SExpression; number: SExpression }>((tie) => ({
    number: fc.oneof(
      { withCrossShrink: true },
      { arbitrary: quarter, weight: 4 },
      { arbitrary: fc.tuple(fc.constantFrom('+', '-', '*'), tie('number'), tie('number')), weight: 1 },
      { arbitrary: fc.tuple(fc.constant('-'), tie('number')), weight: 1 },
    ),
    expression: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { arbitrary: element, weight: 4 },
      { arbitrary: quarter, weight: 2 },
      {
        arbitrary: fc
          .tuple(fc.constantFrom('+', '-'), fc.array(tie('expression'), { minLength: 1, maxLength: 3 }))
          .map(([operator, parts]) => [operator, ...parts]),
        weight: 2,
      },
      { arbitrary: fc.tuple(fc.constant('*'), tie('number'), tie('expression')), weight: 1 },
      { arbitrary: fc.tuple(fc.constant('*'), tie('expression'), tie('number'), tie('number')), weight: 1 },
    ),
  }));
  return expression;
}

/** Conditions, nested in any order, as either version of the language spells them. */
export function conditions(element: fc.Arbitrary<string>, version: '1.0' | '2.0'): fc.Arbitrary<SExpression> {
  const equal = version === '1.0' ? ['='] : ['==', '!='];
  const comparison = fc.tuple(
    fc.constantFrom('<=', '>=', '<', '>', ...equal),
    fc.oneof(element, expressions(element)),
    fc.oneof(quarter, expressions(element)),
  );
  const { condition } = fc.letrec<{ condition: SExpression }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { arbitrary: comparison, weight: 3 },
      {
        arbitrary: fc
          .tuple(fc.constantFrom('and', 'or'), fc.array(tie('condition'), { minLength: 1, maxLength: 3 }))
          .map(([join, parts]) => [join, ...parts]),
        weight: 4,
      },
    ),
  }));
  return condition;
}
