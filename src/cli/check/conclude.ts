// The foot of what people read: the gate, and where the reports are.
import type { RunReport } from '../../findings/report.js';
import { summaryRow, summaryText } from '../../report/summary-text.js';
import { type ReportTarget, type readerOf, reportFiles } from './reports.js';

export function conclude(
  report: RunReport,
  targets: readonly ReportTarget[],
  { stream, style }: ReturnType<typeof readerOf>,
): void {
  const files = reportFiles(targets);
  const row = summaryRow(files.length > 1 ? 'Reports' : 'Report', files.join(', '), style);
  stream.write(`\n${summaryText(report, style)}\n${files.length > 0 ? `${row}\n` : ''}`);
}
