// Tools above a table: words to look for, and verdicts to leave out.
import type { InstanceTable } from '../instance-table.js';
import { element } from './element.js';
import type { Query } from './rows.js';

export type Controls = {
  readonly bar: HTMLElement;
  /** How many rows are left. */
  tell(found: number): void;
};

export function controls(
  { verdicts, rows }: InstanceTable,
  changed: (change: Partial<Query>) => void,
): Controls {
  const search = element('input', { type: 'search', placeholder: 'row 17, class 3 …' });
  search.addEventListener('input', () => changed({ text: search.value }));
  const counts = verdicts.map((_, at) => rows.filter((row) => row[1] === at).length);
  const hidden = new Set<number>();
  const buttons = verdicts.flatMap(({ kind, mark }, at) => {
    if (counts[at] === 0) return [];
    const text = `${mark} ${counts[at]?.toLocaleString('en-US')} ${kind}`;
    const button = element('button', { type: 'button', className: `chip ${kind}`, textContent: text });
    button.setAttribute('aria-pressed', 'true');
    button.addEventListener('click', () => {
      if (!hidden.delete(at)) hidden.add(at);
      button.setAttribute('aria-pressed', `${!hidden.has(at)}`);
      changed({ hidden: new Set(hidden) });
    });
    return [button];
  });
  const status = element('span', { className: 'hint' });
  status.setAttribute('role', 'status');
  return {
    bar: element('div', { className: 'controls' }, [
      element('label', {}, ['Find ', search]),
      ...(buttons.length > 1 ? buttons : []),
      status,
    ]),
    tell(found) {
      status.textContent =
        found === rows.length
          ? ''
          : `${found.toLocaleString('en-US')} of ${rows.length.toLocaleString('en-US')}`;
    },
  };
}
