// What `marauder inspect` found, for people.
import { bytes, count, oneLine, plural } from '../../report/words.js';
import type { Io, Output } from '../options.js';
import { wrap } from '../wrap.js';
import type { Inspection, ValueRow } from './inspection.js';
import { nodeLines } from './node-table.js';

type Found = Inspection & { readonly file: string; readonly sha256: string };
type Row = (label: string, value: string) => string;

export function inspectionText(found: Found, allNodes: boolean, { style, stdout }: Io): string {
  const row: Row = (label, value) => `${style.faint(label.padStart(10))}  ${value}`;
  const width = widthOf(stdout);
  const wrapped = (lines: readonly string[]) =>
    lines.map((line) => (width === undefined ? line : wrap(line, width)));
  const nodes = nodeLines(found.nodes, { all: allNodes, width, style });
  const lines = [
    ...wrapped(headLines(found, row, style)),
    ...(nodes.length === 0 ? [] : ['', ...nodes, '']),
    ...wrapped([
      row('Operators', plural(found.nodes.length, 'node')),
      ...operatorLines(found, style),
      row('Parameters', count(found.parameters)),
      ...memoryLines(found, row),
      row('Verdict', verdictWords(found, style)),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Columns to fill on a terminal, one of which stays free; files and pipes have no width. */
const widthOf = ({ isTTY, columns }: Output): number | undefined =>
  isTTY && columns ? columns - 1 : undefined;

function headLines(found: Found, row: Row, style: Io['style']): string[] {
  const value = ({ name, dtype, shape }: ValueRow) =>
    `${oneLine(name)}  ${style.faint(`${dtype} [${shape.map((dim) => oneLine(`${dim ?? '?'}`)).join(', ')}]`)}`;
  const opsets = Object.entries(found.opsets)
    .map(([domain, version]) => `${oneLine(domain)} ${version}`)
    .join(', ');
  const producer = found.producer === '' ? '' : style.faint(`  written by ${oneLine(found.producer)}`);
  return [
    row(
      'Model',
      `${style.strong(oneLine(found.file))}  ${style.faint(`sha256 ${found.sha256.slice(0, 16)}…`)}`,
    ),
    ...found.inputs.map((input) => row('Input', value(input))),
    ...found.outputs.map((output) => row('Output', value(output))),
    row('Opset', `${opsets}${producer}`),
    row('Batch', batchWords(found)),
  ];
}

const indent = ' '.repeat(12);

function operatorLines({ operators }: Found, style: Io['style']): string[] {
  const width = Math.max(...operators.map(({ type }) => oneLine(type).length), 0);
  return operators.map(({ type, nodes, bounded, reason }) => {
    const words = bounded ? style.good('bounded') : style.warn(oneLine(reason ?? 'fuzzed only'));
    return `${indent}${oneLine(type).padEnd(width)}  ${style.faint(`${nodes}`.padStart(4))}  ${words}`;
  });
}

function memoryLines({ weightBytes, memory }: Found, row: Row): string[] {
  const weights = `${bytes(weightBytes)} of weights`;
  if (memory === null) return [row('Memory', weights)];
  const { activationBytes, peakActivationBytes, intervalBytes, coefficientBytes } = memory;
  const rows = `${plural(memory.rowsPerChunk, 'row')} in ${bytes(memory.ceilingBytes)}`;
  return [
    row(
      'Memory',
      `${weights}, ${bytes(activationBytes)} of activations for one input (${bytes(peakActivationBytes)} at a time)`,
    ),
    row('', `interval bounds (IBP): about ${bytes(intervalBytes)} for one box`),
    row('', `linear bounds (CROWN): about ${bytes(coefficientBytes)} for one row of coefficients, ${rows}`),
  ];
}

function batchWords({ batched }: Inspection): string {
  if (batched === null) return 'unknown: the model could not be run';
  return batched ? 'any size' : 'one input at a time, because rows of a batch would not be independent';
}

function verdictWords({ obstacle, unbounded }: Inspection, style: Io['style']): string {
  if (obstacle !== null) return `${style.bad('cannot be checked yet')}: ${oneLine(obstacle)}`;
  if (unbounded === null) return style.good('can be fuzzed and bounded');
  return `${style.warn('can be fuzzed, not bounded')}: ${oneLine(unbounded)}`;
}
