// A property's verdicts as one bar, with a line where the policy wants them to reach.
import type { PropertyReport } from '../../findings/report.js';
import { count, percent, plural } from '../words.js';
import { stackedBar } from './bars.js';
import type { Markup } from './markup.js';
import { verdictKinds } from './verdict-looks.js';

export function verdictBar({ verdicts, instances, share }: PropertyReport): Markup {
  const parts = verdictKinds.map((kind) => ({
    className: kind,
    size: verdicts[kind],
    label: `${count(verdicts[kind])} ${kind} (${percent(verdicts[kind] / Math.max(1, instances.length))})`,
  }));
  const words = parts.filter(({ size }) => size > 0).map(({ label }) => label);
  const label = `Of ${plural(instances.length, 'instance')}: ${words.join(', ') || 'none'}. Needed: ${percent(share.required)}.`;
  return stackedBar(parts, instances.length, label, instances.length > 1 ? share.required : undefined);
}
