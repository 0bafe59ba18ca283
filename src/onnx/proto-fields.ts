// What a protobuf message may hold: tables of its fields, by which proto-reader.ts reads it and wire.ts looks it over.

/** Of several fields the one that came last. */
export type OneOf<T> =
  | { case: undefined; value?: undefined }
  | { [K in keyof T]: { case: K; value: T[K] } }[keyof T];

/** What a field is where it does not occur. */
const initial = {
  string: '',
  bytes: new Uint8Array(0),
  int32: 0,
  int64: 0n,
  uint64: 0n,
  float: 0,
  double: 0,
} as const;

export type Scalar = keyof typeof initial;
/** Numbers by name. */
export type Enum = Readonly<Record<string, number>>;
/** A function, because messages hold each other. */
export type Nested = () => Message<object>;
export type Kind = Scalar | Enum | Nested;

/** A field's number, what it holds, and whether there may be several. */
type Row = readonly [number: number, kind: Kind, repeated?: 'list'];
type Rows = Row | { readonly oneOf: Readonly<Record<string, Row>> };

export type Field = {
  /** As onnx.proto has it. */
  readonly name: string;
  readonly key: string;
  /** The key of what it is one of. */
  readonly oneOf: string | undefined;
  readonly kind: Kind;
  readonly isList: boolean;
};

/** What is read of a kind of message. A field that does not occur has its default, which is no property of the message's own. */
export type Message<T> = {
  readonly name: string;
  readonly fields: ReadonlyMap<number, Field>;
  /** Whether a message that was read has its own bytes as `source`. */
  readonly keepsSource: boolean;
  create(values?: Partial<T>): T;
};

export function message<T extends object>(
  name: string,
  rows: { readonly [K in Exclude<keyof T, 'source'>]-?: Rows },
  keepsSource = false,
): Message<T> {
  const all = Object.entries<Rows>(rows);
  const defaults = Object.fromEntries(all.flatMap(([key, row]) => defaultOf(key, row)));
  const lists = all.flatMap(([key, row]) => (!('oneOf' in row) && row[2] === 'list' ? [key] : []));
  const choices = all.flatMap(([key, row]) => ('oneOf' in row ? [key] : []));
  return {
    name,
    keepsSource,
    fields: new Map(all.flatMap(([key, row]) => fieldsOf(key, row))),
    create: (values) => {
      const made: Record<string, unknown> = Object.create(defaults);
      for (const key of lists) made[key] = [];
      for (const key of choices) made[key] = { case: undefined };
      return Object.assign(made, values) as T;
    },
  };
}

function defaultOf(key: string, row: Rows): [string, unknown][] {
  if ('oneOf' in row || row[2] === 'list' || typeof row[1] === 'function') return [];
  return [[key, typeof row[1] === 'string' ? initial[row[1]] : 0]];
}

function fieldsOf(key: string, row: Rows): (readonly [number, Field])[] {
  const field = (own: string, [number, kind, repeated]: Row, oneOf?: string) =>
    [number, { name: snake(own), key: own, oneOf, kind, isList: repeated === 'list' }] as const;
  if (!('oneOf' in row)) return [field(key, row)];
  return Object.entries(row.oneOf).map(([own, each]) => field(own, each, key));
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
