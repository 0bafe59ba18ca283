// Which file stands for which network of a property: `f=a.onnx`, or the list of pairs in VNN-COMP's instances.
import type { NamedFile } from '../options.js';
import { usageError } from '../values.js';

const example = 'give NAME=FILE with the name that the property declares, such as --network f=net.onnx';

/** @throws UserError USAGE */
export function readNetworks(values: readonly string[]): NamedFile[] {
  const networks = values.flatMap((value) => (/^\s*\[/.test(value) ? listOf(value) : [pairOf(value)]));
  const names = networks.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined)
    throw usageError('prove', `network "${twice}" is given two files`, 'give each network one --network');
  return networks;
}

function pairOf(value: string): NamedFile {
  const [, name, file] = /^([A-Za-z]\w*)=(.+)$/s.exec(value) ?? [];
  if (name === undefined || file === undefined)
    throw usageError('prove', `--network cannot be ${JSON.stringify(value)}`, example);
  return { name, file };
}

const text = String.raw`('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")`;
const pair = new RegExp(String.raw`\s*\(\s*${text}\s*,\s*${text}\s*\)\s*([,\]])`, 'sy');

/** [('f', 'a.onnx'), ('g', 'b.onnx')], as Python writes it. */
function listOf(value: string): NamedFile[] {
  const networks: NamedFile[] = [];
  let [at, next] = [value.indexOf('[') + 1, ','];
  while (next === ',') {
    pair.lastIndex = at;
    const found = pair.exec(value);
    if (found === null) throw notList(value);
    const [whole, name = '', file = '', end = ''] = found;
    networks.push(pairOf(`${unquoted(name)}=${unquoted(file)}`));
    [at, next] = [at + whole.length, end];
  }
  if (value.slice(at).trim() !== '') throw notList(value);
  return networks;
}

const unquoted = (quoted: string): string => quoted.slice(1, -1).replace(/\\(.)/gs, '$1');

const notList = (value: string) =>
  usageError(
    'prove',
    `--network cannot be ${JSON.stringify(value)}`,
    `a list is written "[('f', 'a.onnx'), ('g', 'b.onnx')]"`,
  );
