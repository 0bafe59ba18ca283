// Names that a text may use besides the language's own words: elements of input and output, and what a row has.
import { list, nearest, show } from '../suggest.js';
import { Mistake } from './mistake.js';
import type { Numeric, RowClass, Vector } from './syntax.js';

export type Vocabulary = {
  /** Of the input's elements, in order; none where they have no names. */
  readonly inputs: readonly string[];
  /** Of the output's elements, which are its classes. */
  readonly outputs: readonly string[];
  /** What is known of the row of data that the input is near to. */
  readonly given: readonly Given[];
};

export type Given = RowClass | 'row';

/** Of a command line, and of findings: elements have numbers only. */
export const plainVocabulary: Vocabulary = { inputs: [], outputs: [], given: ['label'] };

/** The element that a name means where a number is wanted. @throws Mistake */
export function elementNamed(name: string, place: number, known: Vocabulary): Numeric {
  const [input, output] = [known.inputs.indexOf(name), known.outputs.indexOf(name)];
  if (input >= 0 && output >= 0)
    throw new Mistake(
      place,
      `${show(name)} is the name of an input and of an output`,
      `write x[${input}] or y[${output}]`,
    );
  if (input < 0 && output < 0) throw unknownName(name, place, [...known.inputs, ...known.outputs]);
  const of: Vector = input >= 0 ? 'x' : 'y';
  return { kind: 'element', of, index: Math.max(input, output), place };
}

/** The class that a name means where a class is wanted, or the position among inputs. @throws Mistake */
export function classNamed(
  name: string,
  place: number,
  { inputs, outputs }: Vocabulary,
  of: Vector,
): Numeric {
  const [names, others] = of === 'y' ? [outputs, inputs] : [inputs, outputs];
  const index = names.indexOf(name);
  if (index >= 0) return { kind: 'class', of, index, place };
  if (others.includes(name))
    throw new Mistake(
      place,
      `${show(name)} is an ${of === 'y' ? 'input' : 'output'}, and no class here`,
      namesOf(names),
    );
  throw unknownName(name, place, names, of === 'y' ? 'class' : 'input');
}

/** The index that a name has in brackets, as in row["distance"]. @throws Mistake */
export function indexNamed(
  name: string,
  place: number,
  of: Vector | 'row',
  { inputs, outputs }: Vocabulary,
): number {
  const names = of === 'y' ? outputs : inputs;
  const index = names.indexOf(name);
  if (index >= 0) return index;
  throw unknownName(name, place, names);
}

function unknownName(
  name: string,
  place: number,
  names: readonly string[],
  what = 'input or output',
): Mistake {
  const match = nearest(name, names);
  return new Mistake(
    place,
    `no ${what} is named ${show(name)}`,
    match === undefined ? namesOf(names) : `did you mean ${show(match)}?`,
  );
}

const namesOf = (names: readonly string[]): string =>
  names.length === 0
    ? 'name inputs under "inputs: names" and outputs under the model\'s "outputs", or write x[0] and y[0]'
    : `known are ${list(names)}`;
