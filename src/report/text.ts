// The report for people: header, one block per property, summary.
import type { RunReport } from '../findings/report.js';
import { nameWidthOf, propertyText } from './property-text.js';
import type { Style } from './style.js';
import { headerText, summaryText } from './summary-text.js';

export function textReport(report: RunReport, style: Style): string {
  const nameWidth = nameWidthOf(report.properties);
  const properties = report.properties.map((property) => propertyText(property, style, nameWidth));
  return `${[headerText(report, style), properties.join('\n'), summaryText(report, style)]
    .filter((block) => block !== '')
    .join('\n\n')}\n`;
}
