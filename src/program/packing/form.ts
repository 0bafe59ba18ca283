// The shape of a pack: members one after the other along one axis, so that cutting it gives members of the shape that is wanted.
import type { Dim } from '../dims.js';
import type { Value } from '../value.js';
import { elementsOf, restOf } from './vectors.js';

/** Row-major, [...lead, ...ones, all members' rows, ...rest]; the open axis in front where there is one. */
export type Form = { readonly ones: number; readonly rest: readonly number[] };

/** One axis for all elements. */
export const flat: Form = { ones: 0, rest: [] };

export const formKey = ({ ones, rest }: Form): string => `${ones};${rest.join()}`;

const sizeOf = ({ rest }: Form): number => rest.reduce((size, dim) => size * dim, 1);

/** The form that gives members the shape of `value`; undefined where members have no such shape, or it has no axis. */
export function formOf(value: Value, members: readonly Value[]): Form | undefined {
  const dims = restOf(value);
  if (dims.length === 0) return undefined;
  const first = dims.findIndex((dim) => dim !== 1);
  const ones = first === -1 ? dims.length - 1 : first;
  const form = { ones, rest: dims.slice(ones + 1) };
  return members.every((member) => elementsOf(member) % sizeOf(form) === 0) ? form : undefined;
}

/** The axis along which members come one after the other. */
export const axisOfForm = ({ ones }: Form, lead: string | undefined): number =>
  ones + (lead === undefined ? 0 : 1);

/** Rows of each member along that axis. */
export const rowsOf = (form: Form, members: readonly Value[]): number[] =>
  members.map((member) => elementsOf(member) / sizeOf(form));

/** The fixed axes of `rows` rows. */
export const dimsOf = ({ ones, rest }: Form, rows: number): number[] => [
  ...new Array<number>(ones).fill(1),
  rows,
  ...rest,
];

export const shapeOf = (form: Form, rows: number, lead: string | undefined): Dim[] => [
  ...(lead === undefined ? [] : [lead]),
  ...dimsOf(form, rows),
];

/** True where every member has the form's shape already. */
export const isShapeOfAll = (form: Form, members: readonly Value[]): boolean =>
  members.every((member) => {
    const [rows = 0] = rowsOf(form, [member]);
    return dimsOf(form, rows).join() === restOf(member).join();
  });
