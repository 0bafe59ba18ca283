// The instances of a property as data, from which the script makes a table that can be sorted and searched, row by row as it is
// scrolled to. Shared with the script: types, and nothing that Node has.

/** Of a verdict: its place in `verdictKinds`. */
export type Row = readonly [
  instance: string,
  verdict: number,
  /** Place in `details`. */
  detail: number,
  /** Id of its counterexample on this page, or of none. */
  card: string | null,
  /** Of the columns, in their order. */
  ...numbers: (number | null)[],
];

export type InstanceTable = {
  readonly verdicts: readonly { readonly kind: string; readonly mark: string }[];
  readonly columns: readonly string[];
  readonly details: readonly string[];
  readonly rows: readonly Row[];
};
