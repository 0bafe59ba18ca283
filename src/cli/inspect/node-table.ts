// The nodes of a model as a table: all of a small one, both ends of a large one.
import type { Paint, Style } from '../../report/style.js';
import { count, oneLine, plural } from '../../report/words.js';
import { fold, table } from '../table.js';
import type { NodeRow, ValueRow } from './inspection.js';

/** More nodes than this are shown only where all of them are asked for. */
export const nodesShown = 60;

/** Longer names are cut even where there is no terminal to fit: exporters write whole module paths. */
const greatestName = 48;
const greatestOutput = 64;
/** Enough for the type and the batch, and two dimensions more. */
const leastOutput = 22;

export type NodeTableOptions = {
  readonly all: boolean;
  /** Columns; undefined where there is no terminal. */
  readonly width: number | undefined;
  readonly style: Style;
};

export function nodeLines(nodes: readonly NodeRow[], { all, width, style }: NodeTableOptions): string[] {
  if (nodes.length === 0) return [];
  const { shown, hidden } = fold(nodes.length, all ? nodes.length : nodesShown);
  const rows = shown.flatMap((at) => (nodes[at] === undefined ? [] : [{ at, ...nodes[at] }]));
  const [titles = '', ...lines] = table(
    [
      { title: '#', align: 'right', cells: rows.map(({ at }) => `${at + 1}`), paint: () => style.faint },
      {
        title: 'Node',
        cells: rows.map(({ name }) => oneLine(name)),
        cut: 'start',
        greatest: greatestName,
      },
      { title: 'Operator', cells: rows.map(operatorWords), cut: 'end', greatest: greatestName },
      {
        title: 'Output',
        cells: rows.map(({ outputs }) => outputWords(outputs)),
        cut: 'end',
        least: leastOutput,
        greatest: greatestOutput,
        paint: () => style.faint,
      },
      { title: 'Parameters', align: 'right', cells: rows.map(({ parameters }) => count(parameters)) },
      {
        title: 'Bounds',
        cells: rows.map(supportWords),
        cut: 'end',
        paint: (row) => supportPaint(rows[row], style),
      },
    ],
    width === undefined ? undefined : width - margin.length,
    style,
  );
  const half = Math.ceil(lines.length / 2);
  const middle = hidden === 0 ? [] : [hiddenWords(nodes, shown, style)];
  return [titles, ...lines.slice(0, half), ...middle, ...lines.slice(half)].map((line) => margin + line);
}

const margin = '  ';

/** How many nodes are left out, and how many of them need a look. */
function hiddenWords(nodes: readonly NodeRow[], shown: readonly number[], style: Style): string {
  const visible = new Set(shown);
  const hidden = nodes.filter((_, at) => !visible.has(at));
  const fuzzed = hidden.filter(({ support }) => support === 'fuzzed').length;
  const some = fuzzed === 0 ? '' : `, ${count(fuzzed)} of them only fuzzed`;
  return `${style.faint(`… ${plural(hidden.length, 'more node')}${some}:`)} ${style.command('--all-nodes')}${style.faint(' shows them')}`;
}

const operatorWords = ({ operator, domain }: NodeRow): string =>
  oneLine(domain === '' ? operator : `${domain}.${operator}`);

/** `float32 [batch, 8]`; equal outputs are counted: `3 x float32 [batch, 8]`. */
function outputWords(outputs: readonly ValueRow[]): string {
  const kinds = outputs.map(({ dtype, shape }) =>
    oneLine(dtype === 'unknown' ? '?' : `${dtype} [${shape.map((dim) => dim ?? '?').join(', ')}]`),
  );
  const times = (kind: string) => kinds.filter((other) => other === kind).length;
  return [...new Set(kinds)]
    .map((kind) => (times(kind) === 1 ? kind : `${times(kind)} x ${kind}`))
    .join(', ');
}

function supportWords({ support, reason }: NodeRow): string {
  switch (support) {
    case 'bounded':
      return 'bounded';
    case 'constant':
      return 'constant';
    case 'behind':
      return 'behind a node without bounds';
    case 'unknown':
      return 'unknown: the model could not be run';
    case 'fuzzed':
      return oneLine(reason ?? 'fuzzed only');
  }
}

function supportPaint(row: NodeRow | undefined, style: Style): Paint {
  if (row?.support === 'bounded') return style.good;
  return row?.support === 'fuzzed' ? style.warn : style.faint;
}
