// The report for people: header, one block per property, summary.
import { nameWidthOf, propertyText } from './property-text.js';
import type { Reporter } from './reporter.js';
import { headerText, summaryText } from './summary-text.js';

export const text = {
  about: 'for people; what a terminal shows',
  render: (report, { style }) => {
    const nameWidth = nameWidthOf(report.properties);
    const properties = report.properties.map((property) => propertyText(property, style, nameWidth));
    const blocks = [headerText(report, style), properties.join('\n'), summaryText(report, style)];
    return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
  },
} satisfies Reporter;
