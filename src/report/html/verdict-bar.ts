// A property's verdicts as one bar, with a line where the policy wants them to reach.
import type { PropertyReport } from '../../findings/report.js';
import { count, percent, plural } from '../words.js';
import { stackedBar } from './bars.js';
import { acceptedCount } from './demands.js';
import type { Markup } from './markup.js';
import { verdictKinds } from './verdict-looks.js';

export function verdictBar(property: PropertyReport): Markup {
  const { verdicts, instances, share } = property;
  const accepted = acceptedCount(property);
  const total = instances.length;
  const part = (className: string, size: number, name: string) => ({
    className,
    size,
    label: `${count(size)} ${name} (${percent(size / Math.max(1, total))})`,
  });
  // What is accepted is violated, and stands at the end: the line is drawn for what counts.
  const parts = [
    ...verdictKinds.map((kind) => part(kind, verdicts[kind] - (kind === 'violated' ? accepted : 0), kind)),
    part('accepted', accepted, 'violated and accepted'),
  ];
  const words = parts.filter(({ size }) => size > 0).map(({ label }) => label);
  const label = `Of ${plural(total, 'instance')}: ${words.join(', ') || 'none'}. Needed: ${percent(share.required)}${accepted > 0 ? ' of what is not accepted' : ''}.`;
  const goal = (share.required * (total - accepted)) / Math.max(1, total);
  return stackedBar(parts, total, label, total > 1 ? goal : undefined);
}
