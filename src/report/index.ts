// Reporters: a new one is a file and a line here. Names, help and what the command line accepts derive from the table.
import { json } from './json.js';
import type { Reporter } from './reporter.js';
import { text } from './text.js';

export const reporters = { text, json } satisfies Record<string, Reporter>;

export type ReporterName = keyof typeof reporters;
export const reporterNames = Object.keys(reporters) as ReporterName[];
