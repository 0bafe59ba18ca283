// The list of instances of a benchmark: columns onnx, vnnlib, timeout_s, expected. Several networks are one quoted cell, as the
// competition has them: "[('f', 'a.onnx'), ('g', 'b.onnx')]".
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { readNetworks } from '../../../src/cli/prove/network-list.js';

/** `disputed`: tools disagreed; `unknown`: nobody solved it. */
const expectations = ['sat', 'unsat', 'unknown', 'disputed'] as const;
export type Expected = (typeof expectations)[number];

/** Without a name where the property has one network. */
export type Model = { readonly name: string | undefined; readonly file: string };

export type Instance = {
  /** As the file has them. */
  readonly onnx: string;
  readonly vnnlib: string;
  /** Absolute; with .gz where only that exists is the command's own business. */
  readonly models: readonly Model[];
  readonly property: string;
  readonly timeoutSeconds: number;
  readonly expected: Expected;
};

/** @throws RangeError for a line that is none, UserError for a list of networks that is none */
export function readInstances(file: string, filter: RegExp | undefined): Instance[] {
  const lines = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const [titles, ...rest] = lines;
  if (titles !== 'onnx,vnnlib,timeout_s,expected')
    throw new RangeError(`${file} does not begin with "onnx,vnnlib,timeout_s,expected"`);
  return rest.filter((line) => filter?.test(line) ?? true).map((line) => instanceOf(line, file));
}

function instanceOf(line: string, file: string): Instance {
  const [cells = []]: string[][] = parse(line, { trim: true });
  const [onnx = '', vnnlib = '', timeout, word] = cells;
  const expected = expectations.find((each) => each === word);
  if (expected === undefined || !(Number(timeout) > 0)) throw new RangeError(`${file}: "${line}"`);
  const place = (path: string) => resolve(dirname(file), path);
  return {
    onnx,
    vnnlib,
    models: modelsOf(onnx).map((model) => ({ ...model, file: place(model.file) })),
    property: place(vnnlib),
    timeoutSeconds: Number(timeout),
    expected,
  };
}

const modelsOf = (onnx: string): Model[] =>
  onnx.startsWith('[') ? readNetworks([onnx]) : [{ name: undefined, file: onnx }];

/** The arguments by which `marauder prove` is given them. */
export const modelArguments = ({ models }: Pick<Instance, 'models'>): string[] =>
  models.flatMap(({ name, file }) => (name === undefined ? [file] : ['--network', `${name}=${file}`]));
