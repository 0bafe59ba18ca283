// Reporters: a new one is a file and a line here. Names, help and what the command line accepts derive from the table.
import { github } from './github.js';
import { htmlReport } from './html/index.js';
import { json } from './json.js';
import { junit } from './junit.js';
import { markdown } from './markdown.js';
import type { Reporter } from './reporter.js';
import { sarif } from './sarif.js';
import { text } from './text.js';

export const reporters = {
  text,
  json,
  html: htmlReport,
  sarif,
  junit,
  markdown,
  github,
} satisfies Record<string, Reporter>;

export type ReporterName = keyof typeof reporters;
export const reporterNames = Object.keys(reporters) as ReporterName[];
