// The list of instances of a benchmark: columns onnx, vnnlib, timeout_s, expected.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** `disputed`: tools disagreed; `unknown`: nobody solved it. */
const expectations = ['sat', 'unsat', 'unknown', 'disputed'] as const;
export type Expected = (typeof expectations)[number];

export type Instance = {
  /** As the file has them. */
  readonly onnx: string;
  readonly vnnlib: string;
  /** Absolute; with .gz where only that exists is the command's own business. */
  readonly model: string;
  readonly property: string;
  readonly timeoutSeconds: number;
  readonly expected: Expected;
};

/** @throws RangeError for a line that is none */
export function readInstances(file: string, filter: RegExp | undefined): Instance[] {
  const lines = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const [titles, ...rest] = lines;
  if (titles !== 'onnx,vnnlib,timeout_s,expected')
    throw new RangeError(`${file} does not begin with "onnx,vnnlib,timeout_s,expected"`);
  return rest.filter((line) => filter?.test(line) ?? true).map((line) => instanceOf(line, file));
}

function instanceOf(line: string, file: string): Instance {
  const [onnx = '', vnnlib = '', timeout, word] = line.split(',');
  const expected = expectations.find((each) => each === word);
  if (expected === undefined || !(Number(timeout) > 0)) throw new RangeError(`${file}: "${line}"`);
  const place = (path: string) => resolve(dirname(file), path);
  return {
    onnx,
    vnnlib,
    model: place(onnx),
    property: place(vnnlib),
    timeoutSeconds: Number(timeout),
    expected,
  };
}
