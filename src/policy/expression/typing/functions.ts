// Functions: what they take, and what they make of it.
import { Mistake } from '../mistake.js';
import type { Reduction } from '../syntax.js';
import type { Vocabulary } from '../vocabulary.js';
import { asNumber, numberAt, type Part } from './part.js';

/** What is between the brackets, and the place of the function's name. */
type Given = { readonly place: number; readonly parts: readonly Part[]; readonly known: Vocabulary };

export const functions: Readonly<Record<string, (given: Given) => Part>> = {
  argmax: (given) => reduction('argmax', given),
  argmin: (given) => reduction('argmin', given),
  max: (given) => extremum('max', given),
  min: (given) => extremum('min', given),
  sum: (given) => reduction('sum', given),
  confidence: (given) => confidence(given),
  abs: (given) => abs(given),
  top: (given) => top(given),
};

/** Of one whole vector. */
function reduction(by: Reduction, { place, parts }: Given): Part {
  const [first, second] = parts;
  if (first?.type !== 'vector' || second !== undefined)
    throw new Mistake((second ?? first)?.place ?? place, `${by} takes one vector, x or y`);
  const type = by === 'argmax' || by === 'argmin' ? 'class' : 'number';
  return { place, type, value: { kind: 'reduction', by, of: first.value, place } };
}

function confidence(given: Given): Part {
  const [first] = given.parts;
  const whole = reduction('confidence', given);
  if (first?.value !== 'x') return whole;
  throw new Mistake(first.place, 'confidence is of the output', 'write confidence(y)');
}

function extremum(by: 'max' | 'min', given: Given): Part {
  const { place, parts, known } = given;
  if (parts.length === 1 && parts[0]?.type === 'vector') return reduction(by, given);
  return numberAt(place, { kind: 'extremum', by, of: parts.map((part) => asNumber(part, by, known)) });
}

function abs({ place, parts: [first, second], known }: Given): Part {
  if (first === undefined || second !== undefined)
    throw new Mistake(second?.place ?? place, 'abs takes one number');
  return numberAt(place, { kind: 'abs', of: asNumber(first, 'abs', known) });
}

function top({ place, parts: [first, second] }: Given): Part {
  const count = first?.type === 'number' && first.value.kind === 'number' ? first.value.value : Number.NaN;
  if (second === undefined && Number.isInteger(count) && count >= 1)
    return { place, type: 'greatest', value: count };
  const blamed = (second ?? first)?.place ?? place;
  throw new Mistake(blamed, 'top takes one whole number from 1 on', 'write "label in top(3)"');
}
