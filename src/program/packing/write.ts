// Packs as values of the program: joined, computed, cut.
import type { Tensor } from '../../base/tensor.js';
import type { Program } from '../program.js';
import { ProgramError } from '../program-error.js';
import { only, type Value } from '../value.js';
import { joinedConstants } from './elements.js';
import {
  axisOfForm,
  dimsOf,
  type Form,
  flat,
  formKey,
  formOf,
  isShapeOfAll,
  rowsOf,
  shapeOf,
} from './form.js';
import type { Pack, PackOperand } from './plan.js';
import { leadOf, restOf } from './vectors.js';

/** A pack that is written, in the forms that were asked for so far. */
type Written = {
  readonly natural: Form;
  readonly forms: Map<string, Value>;
  /** Its members in these forms. */
  readonly pieces: Map<string, readonly Value[]>;
};

const sum = (sizes: readonly number[]): number => sizes.reduce((all, size) => all + size, 0);

function constantOf({ constant }: Value): Tensor {
  if (constant === undefined) throw new ProgramError('a constant without its tensor');
  return constant;
}

export class PackWriter {
  readonly #written = new Map<Pack, Written>();

  /** @param written the value itself of what is computed by itself */
  constructor(
    readonly p: Program,
    readonly written: (value: Value) => Value,
  ) {}

  /** Writes a pack, whose members or operands are written. */
  write(pack: Pack): void {
    const { natural, value } = this.#first(pack);
    this.#written.set(pack, { natural, forms: new Map([[formKey(natural), value]]), pieces: new Map() });
  }

  /** A member in the shape of `like`, which is a reshape of it. */
  member(pack: Pack, at: number, like: Value): Value {
    const form = formOf(like, pack.members) ?? flat;
    const { pieces } = this.#known(pack);
    const key = formKey(form);
    const found = pieces.get(key) ?? this.#cut(pack, form);
    pieces.set(key, found);
    const piece = found[at];
    if (piece === undefined) throw new ProgramError('a pack without its member');
    return this.p.reshape(piece, like.shape);
  }

  #cut(pack: Pack, form: Form): readonly Value[] {
    const axis = axisOfForm(form, leadOf(only(pack.members)));
    return this.p.split(this.#in(pack, form), axis, rowsOf(form, pack.members));
  }

  #first(pack: Pack): { readonly natural: Form; readonly value: Value } {
    switch (pack.kind) {
      case 'joined':
        return this.#join(pack.members);
      case 'range': {
        const { natural } = this.#known(pack.of);
        const rows = rowsOf(natural, pack.of.members);
        const start = sum(rows.slice(0, pack.start));
        const end = start + sum(rowsOf(natural, pack.members));
        const axis = axisOfForm(natural, leadOf(only(pack.members)));
        return { natural, value: this.p.slice(this.#in(pack.of, natural), axis, start, end) };
      }
      case 'applied':
        return this.#apply(pack.members, pack.operands);
    }
  }

  #join(members: readonly Value[]): { readonly natural: Form; readonly value: Value } {
    const first = only(members);
    const wanted = formOf(first, members) ?? flat;
    const natural = isShapeOfAll(wanted, members) ? wanted : flat;
    const lead = leadOf(first);
    const parts = members.map((member) => {
      const [rows = 1] = rowsOf(natural, [member]);
      return this.p.reshape(this.written(member), shapeOf(natural, rows, lead));
    });
    return { natural, value: this.p.concat(parts, axisOfForm(natural, lead)) };
  }

  #apply(members: readonly Value[], operands: readonly PackOperand[]) {
    const packs = operands.flatMap((operand) => ('members' in operand ? [operand] : []));
    const natural = packs[0] === undefined ? flat : this.#known(packs[0]).natural;
    const inputs = operands.map((operand) => this.#operand(members, operand, natural));
    return { natural, value: this.p.again(only(members), inputs) };
  }

  #operand(members: readonly Value[], operand: PackOperand, form: Form): Value {
    if ('members' in operand) return this.#in(operand, form);
    if (operand.kind === 'number') return this.p.constant({ ...constantOf(operand.value), shape: [] });
    const parts = members.flatMap((member, at) => {
      const value = operand.values[at];
      return value === undefined ? [] : [{ constant: constantOf(value), shape: restOf(member) }];
    });
    return this.p.constant(joinedConstants(parts, dimsOf(form, sum(rowsOf(form, members)))));
  }

  #known(pack: Pack): Written {
    const written = this.#written.get(pack);
    if (written === undefined) throw new ProgramError('a pack is read before it is written');
    return written;
  }

  #in(pack: Pack, form: Form): Value {
    const { forms, natural } = this.#known(pack);
    const key = formKey(form);
    const known = forms.get(key);
    if (known !== undefined) return known;
    const from = forms.get(formKey(natural));
    if (from === undefined) throw new ProgramError('a pack without a form');
    const shape = shapeOf(form, sum(rowsOf(form, pack.members)), leadOf(only(pack.members)));
    const value = this.p.reshape(from, shape);
    forms.set(key, value);
    return value;
  }
}
