// Axes of length 1 that values only carry along, such as the batch axis of one instance behind the rows of its bounds, are left out: else a
// node takes them away, or puts them back, wherever values meet others that lack them. No element changes, nor their order.
import type { Outputs } from '../emit.js';
import type { Program } from '../program.js';
import { reachable, type Value } from '../value.js';
import { type Applied, appliedTo, type Left, without } from './rules.js';

/** How a value is computed: which axes it lacks then, and from what; undefined where it is computed as it stands. */
type Form = { readonly left: Left; readonly applied: Applied | undefined };

const nothing: Left = [];

/** The same outputs, by fewer nodes. To be applied last: what is left out takes other derivatives. */
export function withoutUnitAxes(p: Program, outputs: Outputs): Outputs {
  const values = reachable(Object.values(outputs));
  if (!values.some(isView)) return outputs;
  const written = rewrite(p, values, formsOf(values, outputs));
  const plain = Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name, written(value, nothing)]),
  );
  return computedIn(reachable(Object.values(plain))) < computedIn(values) ? plain : outputs;
}

const computedIn = (values: readonly Value[]): number =>
  values.reduce((sum, { isConstant, primitive }) => (isConstant || primitive === 'piece' ? sum : sum + 1), 0);

/** A reshape that moves nothing but axes of length 1. */
const isView = (value: Value): boolean =>
  value.primitive === 'reshape' && appliedTo(value, nothing)?.inputs[0] !== undefined;

/** Of each value, the form that most of its users ask for. */
function formsOf(values: readonly Value[], outputs: Outputs): ReadonlyMap<Value, Form> {
  const asked = new Map<Value, Left[]>();
  const ask = (value: Value, left: Left): void => {
    const all = asked.get(value);
    if (all === undefined) asked.set(value, [left]);
    else all.push(left);
  };
  for (const value of Object.values(outputs)) ask(value, nothing);
  const forms = new Map<Value, Form>();
  for (let at = values.length - 1; at >= 0; at--) {
    const value = values[at];
    if (value === undefined || value.primitive === 'constant') continue;
    const form = formOf(value, mostOf(asked.get(value) ?? []));
    forms.set(value, form);
    value.inputs.forEach((input, position) => {
      const left = form.applied === undefined ? nothing : form.applied.inputs[position];
      if (left !== undefined) ask(input, left);
    });
  }
  return forms;
}

function formOf(value: Value, left: Left): Form {
  const applied = appliedTo(value, left);
  return applied === undefined ? { left: nothing, applied: appliedTo(value, nothing) } : { left, applied };
}

/** The first of those that there are most of. */
function mostOf(all: readonly Left[]): Left {
  const counts = new Map<string, { readonly left: Left; count: number }>();
  for (const left of all) {
    const key = left.join();
    const known = counts.get(key) ?? { left, count: 0 };
    counts.set(key, known);
    known.count++;
  }
  let most = { left: nothing, count: 0 };
  for (const one of counts.values()) if (one.count > most.count) most = one;
  return most.left;
}

/** What each value becomes, by what is to be left out of it. */
function rewrite(
  p: Program,
  values: readonly Value[],
  forms: ReadonlyMap<Value, Form>,
): (value: Value, left: Left) => Value {
  const done = new Map<Value, Value>();
  const written = (value: Value, left: Left): Value => {
    const shape = without(value.shape, left);
    if (value.constant !== undefined)
      return left.length === 0 ? value : p.constant({ ...value.constant, shape: shape.map(Number) });
    return p.reshape(done.get(value) ?? value, shape);
  };
  for (const value of values) {
    const form = forms.get(value);
    if (form === undefined) continue;
    const inputs = value.inputs.map((input, at) =>
      written(
        input,
        form.applied === undefined ? nothing : (form.applied.inputs[at] ?? leftOf(forms, input)),
      ),
    );
    done.set(value, again(p, value, form, inputs));
  }
  return written;
}

const leftOf = (forms: ReadonlyMap<Value, Form>, value: Value): Left => forms.get(value)?.left ?? nothing;

function again(p: Program, value: Value, { left, applied }: Form, inputs: readonly Value[]): Value {
  const [x] = inputs;
  const isWhole =
    left.length === 0 && inputs.every((input, at) => input.shape.length === value.inputs[at]?.shape.length);
  if (isWhole || applied === undefined || x === undefined) return p.onInputs(value, inputs);
  // Where nothing is left to be done, nothing is.
  if (value.primitive === 'reshape') return p.reshape(x, without(value.shape, left));
  if (value.primitive === 'transpose') return p.transpose(x, applied.attributes.order as readonly number[]);
  return p.again(value, inputs, applied.attributes);
}
