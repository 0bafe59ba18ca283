// Reporters: RunReport -> string, pure. A new one is a file and a line here.
import type { RunReport } from '../findings/report.js';
import { jsonReport } from './json.js';
import type { Style } from './style.js';
import { textReport } from './text.js';

export type Reporter = (report: RunReport, style: Style) => string;

export const reporters = { json: jsonReport, text: textReport } satisfies Record<string, Reporter>;
export type ReporterName = keyof typeof reporters;
