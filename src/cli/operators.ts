// `marauder operators`: what each ONNX operator has.
import { certifiableOperators } from '../certify/lower/lower.js';
import type { Operator } from '../ops/operator.js';
import { hasLinearBounds, hasZeroGradient } from '../ops/operators/abilities.js';
import { operators } from '../ops/operators/index.js';
import { count } from '../report/words.js';
import type { Io, OperatorsOptions } from './options.js';
import { type Column, table } from './table.js';

export type OperatorRow = {
  readonly name: string;
  readonly run: true;
  readonly gradient: 'yes' | 'zero';
  readonly intervals: boolean;
  readonly linear: boolean;
  readonly certificate: boolean;
};

export async function runOperators({ json }: OperatorsOptions, { stdout, style }: Io): Promise<number> {
  const rows = operatorRows();
  if (json) {
    stdout.write(`${JSON.stringify({ schemaVersion: 1, operators: rows }, null, 2)}\n`);
    return 0;
  }
  const column = (title: string, cell: (row: OperatorRow) => string): Column => ({
    title,
    cells: rows.map(cell),
  });
  const mark = (has: boolean) => (has ? 'yes' : '-');
  const lines = table(
    [
      column('Operator', ({ name }) => name),
      column('Run', () => 'yes'),
      column('Gradient', ({ gradient }) => gradient),
      column('Intervals', ({ intervals }) => mark(intervals)),
      column('Linear', ({ linear }) => mark(linear)),
      column('Certificate', ({ certificate }) => mark(certificate)),
    ],
    undefined,
    style,
  );
  const foot = `${count(rows.length)} operators; every other that ONNX Runtime knows is run and fuzzed, without bounds and gradients`;
  stdout.write(`${[...lines, '', style.faint(foot)].join('\n')}\n`);
  return 0;
}

export const operatorRows = (): OperatorRow[] =>
  Object.entries<Operator>(operators).map(([name, operator]) => ({
    name,
    run: true,
    gradient: hasZeroGradient(name) ? 'zero' : 'yes',
    intervals: operator.interval !== undefined,
    linear: hasLinearBounds(name, operator),
    certificate: certifiableOperators.includes(name),
  }));
