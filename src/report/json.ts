// The report for other tools, as `specs/report.schema.json` describes it.
import type { Reporter } from './reporter.js';

export const json = {
  about: 'all there is, for other programs',
  render: (report) => `${JSON.stringify(report, finiteOrNull, 2)}\n`,
} satisfies Reporter;

/** Numbers whose type allows null: JSON has no NaN and no infinities, and a margin can be either. */
const nullable: ReadonlySet<string> = new Set(['margin', 'smallestMargin', 'linfDistance', 'covered']);

/** @throws TypeError where a number that must be finite is not: that is a bug of whoever built the report. */
function finiteOrNull(key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  if (nullable.has(key)) return null;
  throw new TypeError(`the report's "${key}" is ${value}`);
}
