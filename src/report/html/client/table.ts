// A table of instances with its tools. Rows are made as they are scrolled to: ten thousand at once would take seconds.
import type { InstanceTable, Row } from '../instance-table.js';
import { controls } from './controls.js';
import { element } from './element.js';
import { firstNumber, headings, type Query, select } from './rows.js';

/** Rows made at a time. */
const chunk = 100;
/** Paper has no scrolling; longer lists are for the JSON report. */
const printed = 500;

/** Once the part of the page opens that holds its data. */
export function createTable(section: HTMLDetailsElement): void {
  const build = () => {
    if (!section.open || section.classList.contains('built')) return;
    section.classList.add('built');
    const data = document.getElementById(section.dataset.table ?? '')?.textContent;
    if (data) section.append(...view(JSON.parse(data), `Instances of ${section.dataset.name ?? ''}`));
  };
  section.addEventListener('toggle', build);
  build();
}

/** @param label of the part that scrolls */
function view(table: InstanceTable, label: string): HTMLElement[] {
  const body = element('tbody');
  const end = element('div', { className: 'end' });
  const heads = headings(table).map((name, at) => head(name, at, isNumber(table, at)));
  const headRow = element(
    'tr',
    {},
    heads.map(({ cell }) => cell),
  );
  const scroller = element('div', { className: 'rows', tabIndex: 0 }, [
    element('table', { className: 'grid' }, [element('thead', {}, [headRow]), body]),
    end,
  ]);
  scroller.setAttribute('role', 'region');
  scroller.setAttribute('aria-label', label);
  let query: Query = { text: '', hidden: new Set(), sortedBy: undefined, descending: false };
  let rows: readonly Row[] = [];
  const grow = (upTo: number) => {
    const made = body.rows.length;
    body.append(...rows.slice(made, upTo).map((row) => rowOf(row, table)));
    end.hidden = body.rows.length >= rows.length;
  };
  const tools = controls(table, (change) => refresh(change));
  const refresh = (change: Partial<Query>) => {
    query = { ...query, ...change };
    rows = select(table, query);
    body.replaceChildren();
    scroller.scrollTop = 0;
    grow(chunk);
    tools.tell(rows.length);
    for (const { cell, at } of heads)
      cell.setAttribute(
        'aria-sort',
        at !== query.sortedBy ? 'none' : query.descending ? 'descending' : 'ascending',
      );
  };
  for (const { button, at } of heads)
    button.addEventListener('click', () =>
      refresh({ sortedBy: at, descending: query.sortedBy === at && !query.descending }),
    );
  const watcher = new IntersectionObserver(
    (seen) => {
      if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
      grow(body.rows.length + chunk);
      // Watched anew, so that a chunk shorter than the view is followed by the next.
      watcher.unobserve(end);
      watcher.observe(end);
    },
    { root: scroller, rootMargin: '600px' },
  );
  watcher.observe(end);
  addEventListener('beforeprint', () => grow(Math.max(body.rows.length, printed)));
  refresh({});
  return [tools.bar, scroller];
}

const isNumber = ({ columns }: InstanceTable, at: number): boolean => at >= 2 && at < 2 + columns.length;

function head(name: string, at: number, numeric: boolean) {
  const button = element('button', { type: 'button', textContent: name });
  const cell = element('th', { scope: 'col', className: numeric ? 'number' : '' }, [button]);
  return { cell, button, at };
}

function rowOf(row: Row, { verdicts, details, columns }: InstanceTable): HTMLTableRowElement {
  const verdict = verdicts[row[1]];
  const [name, detail] = [row[0], details[row[2]] ?? ''];
  const link = row[3] === null ? undefined : element('a', { href: `#${row[3]}`, textContent: detail });
  return element('tr', {}, [
    element('th', { scope: 'row', textContent: name }),
    element('td', { className: verdict?.kind ?? '' }, [
      element('span', { className: 'key', textContent: `${verdict?.mark ?? ''} ${verdict?.kind ?? ''}` }),
    ]),
    ...columns.map((_, at) =>
      element('td', { className: 'number', textContent: inWords(row[firstNumber + at]) }),
    ),
    link === undefined ? element('td', { textContent: detail }) : element('td', {}, [link]),
  ]);
}

function inWords(value: Row[number] | undefined): string {
  if (typeof value !== 'number') return '';
  return Number.isInteger(value) ? value.toLocaleString('en-US') : `${Number(value.toPrecision(4))}`;
}
