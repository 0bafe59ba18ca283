// Which values are computed in one: packs of values of one class, and packs of what those are computed from.
import type { Value } from '../value.js';
import { type Classes, classify } from './classes.js';
import { flat, formKey, formOf, isShapeOfAll } from './form.js';
import { isConstantNode, type Sources } from './vectors.js';

/** What an operand of all members is: their pack, one number, or a constant for each. */
export type PackOperand =
  | Pack
  | { readonly kind: 'number'; readonly value: Value }
  | { readonly kind: 'constants'; readonly values: readonly Value[] };

/** Members one after the other; none is a reshape of another value. */
export type Pack =
  /** Computed together, by the primitive of each. */
  | {
      readonly kind: 'applied';
      readonly members: readonly Value[];
      readonly operands: readonly PackOperand[];
    }
  /** Computed one by one, then joined. */
  | { readonly kind: 'joined'; readonly members: readonly Value[] }
  /** Members of another pack, from the one at `start` on. */
  | { readonly kind: 'range'; readonly members: readonly Value[]; readonly of: Pack; readonly start: number };

/** Where a value is computed with others. */
export type Membership = { readonly pack: Pack; readonly at: number };

/** Nodes that a pack must save. */
const leastGain = 2;

const keyOf = (members: readonly Value[]): string => members.map(({ id }) => id).join();

/**
 * Classes are taken from the largest trees on; a class is packed with all that it is computed from, where that saves nodes.
 * @param values all that are needed, inputs before users
 */
export function planPacks(
  values: readonly Value[],
  outputs: readonly Value[],
  sources: Sources,
): ReadonlyMap<Value, Membership> {
  const classes = classify(values, sources);
  const memberships = new Map<Value, Membership>();
  if (classes.members.length === 0) return memberships;
  const packs = new Map<string, Pack>();
  const users = usersOf(values, sources);
  const isOutput = new Set(outputs.map(sources.of));
  const isOpen = (value: Value) => !memberships.has(value);
  for (const group of classes.members)
    for (const open of byShape(group.filter(isOpen))) {
      if (open.length < 2) continue;
      const draft = new Draft(classes, sources, memberships, packs);
      draft.packOf(draft.ordered(open));
      const isInside = (value: Value) => memberships.has(value) || draft.applied.has(value);
      const isRead = (value: Value) =>
        isOutput.has(value) || (users.get(value) ?? []).some((user) => !isInside(user));
      if (draft.gain(isRead) >= leastGain) draft.accept(memberships, packs);
    }
  return memberships;
}

/** Values of other shapes would have to be reshaped before they are joined, and after they are cut. */
function byShape(values: readonly Value[]): readonly (readonly Value[])[] {
  if (values.length < 2) return [];
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const form = formOf(value, [value]);
    const key = form === undefined ? '' : formKey(form);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return [...groups.values()];
}

/** Who reads a value, or a reshape of it; reshapes are no readers. */
function usersOf(values: readonly Value[], sources: Sources): ReadonlyMap<Value, readonly Value[]> {
  const users = new Map<Value, Value[]>();
  for (const value of values) {
    if (sources.of(value) !== value) continue;
    for (const input of value.inputs) {
      const source = sources.of(input);
      const known = users.get(source);
      if (known === undefined) users.set(source, [value]);
      else known.push(value);
    }
  }
  return users;
}

/** Packs that come with one more pack. */
class Draft {
  readonly applied = new Map<Value, Membership>();
  readonly #packs = new Map<string, Pack>();

  constructor(
    readonly classes: Classes,
    readonly sources: Sources,
    readonly memberships: ReadonlyMap<Value, Membership>,
    readonly packs: ReadonlyMap<string, Pack>,
  ) {}

  /** In the order of packs that the values are computed from, if any, so that these can be used as they are. */
  ordered(values: readonly Value[]): Value[] {
    const ranks = new Map<Value, number>();
    const rankOf = (value: Value): number => {
      const known = ranks.get(value) ?? this.memberships.get(value)?.at;
      if (known !== undefined) return known;
      const isInner = this.classes.classOf(value) !== undefined;
      const inputs = isInner ? value.inputs.filter((input) => !input.isConstant).map(this.sources.of) : [];
      const rank = inputs.reduce((least, input) => (least === Infinity ? rankOf(input) : least), Infinity);
      ranks.set(value, rank);
      return rank;
    };
    const ranked = values.map((value) => ({ value, rank: rankOf(value) }));
    return ranked
      .sort((a, b) => (a.rank === b.rank ? a.value.id - b.value.id : a.rank - b.rank))
      .map(({ value }) => value);
  }

  packOf(members: readonly Value[]): Pack {
    const key = keyOf(members);
    const known = this.packs.get(key) ?? this.#packs.get(key);
    if (known !== undefined) return known;
    const pack = this.#rangeOf(members) ?? this.#appliedTo(members) ?? { kind: 'joined', members };
    this.#packs.set(key, pack);
    if (pack.kind === 'applied')
      for (const [at, member] of members.entries()) this.applied.set(member, { pack, at });
    return pack;
  }

  /** Undefined where the members are not of one class, or are computed already. */
  #appliedTo(members: readonly Value[]): Pack | undefined {
    const [first] = members;
    const kind = first && this.classes.classOf(first);
    const isOpen = (value: Value) => !this.memberships.has(value) && !this.applied.has(value);
    if (kind === undefined || new Set(members).size < members.length) return undefined;
    if (!members.every((value) => this.classes.classOf(value) === kind && isOpen(value))) return undefined;
    const operands = first?.inputs.map((_, at) =>
      this.#operand(members.flatMap(({ inputs }) => inputs[at] ?? [])),
    );
    return operands && { kind: 'applied', members, operands };
  }

  #operand(values: readonly Value[]): PackOperand {
    const [first] = values;
    if (first === undefined || !isConstantNode(first)) return this.packOf(values.map(this.sources.of));
    const isNumber = first.shape.every((dim) => dim === 1) && values.every((value) => value === first);
    return isNumber ? { kind: 'number', value: first } : { kind: 'constants', values };
  }

  /** Neighbours in another pack. */
  #rangeOf(members: readonly Value[]): Pack | undefined {
    const placeOf = (value: Value | undefined) =>
      value && (this.memberships.get(value) ?? this.applied.get(value));
    const first = placeOf(members[0]);
    if (first === undefined) return undefined;
    const { pack, at } = first;
    const follows = members.every((member, index) => pack.members[at + index] === member);
    return follows ? { kind: 'range', members, of: pack, start: at } : undefined;
  }

  /** Nodes that the packs save. @param isRead whether a value is needed by itself */
  gain(isRead: (value: Value) => boolean): number {
    let saved = 0;
    for (const pack of this.#packs.values()) {
      if (pack.kind === 'applied') saved += pack.members.length - 1 - (pack.members.some(isRead) ? 1 : 0);
      else saved -= 1 + (pack.kind === 'joined' ? reshapesOf(pack.members) : 0);
    }
    return saved;
  }

  accept(memberships: Map<Value, Membership>, packs: Map<string, Pack>): void {
    for (const [key, pack] of this.#packs) packs.set(key, pack);
    for (const [value, membership] of this.applied) memberships.set(value, membership);
  }
}

/** Reshapes before members can be joined. */
function reshapesOf(members: readonly Value[]): number {
  const [first] = members;
  const form = (first && formOf(first, members)) ?? flat;
  return isShapeOfAll(form, members) ? 0 : members.length;
}
