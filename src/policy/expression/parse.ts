// Text -> expression: what it looks like by the grammar, what it means by types.
import { syntaxError } from './errors.js';
import { explained } from './explain.js';
import { grammar } from './generated/grammar.js';
import { Mistake } from './mistake.js';
import type { Expression } from './syntax.js';
import type { Bounds, Tree } from './tree.js';
import { asAssertion } from './typing/part.js';
import { typed } from './typing/typed.js';
import { plainVocabulary, type Vocabulary } from './vocabulary.js';

export type Limits = Bounds & { readonly characters: number };
const usual: Limits = { levels: 200, operators: 1000, characters: 10_000 };
/** Of findings: an assumption and an assertion, with the numbers of a row for its names, and brackets around these. */
export const printedLimits: Limits = { levels: 250, operators: 2500, characters: 2 ** 20 };

/** @throws UserError USAGE with the column */
export function parseExpression(
  text: string,
  vocabulary: Vocabulary = plainVocabulary,
  limits: Limits = usual,
): Expression {
  const { characters } = limits;
  if (text.length > characters)
    throw syntaxError(
      text.slice(0, 60),
      0,
      `more than ${characters} characters`,
      'write a shorter assertion',
    );
  try {
    return { text, assertion: asAssertion(typed(treeOf(text, vocabulary, limits), vocabulary)) };
  } catch (error) {
    if (error instanceof Mistake) throw syntaxError(text, error.place, error.message, error.hint);
    throw error;
  }
}

/** @throws Mistake */
function treeOf(text: string, known: Vocabulary, { levels, operators }: Limits): Tree {
  try {
    return grammar.parse(text, { levels, operators });
  } catch (error) {
    if (error instanceof grammar.SyntaxError) throw explained(text, error, known);
    throw error;
  }
}
