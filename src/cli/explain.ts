// `marauder explain [CODE]`: what an error code means, and what to do.
import { bug, type Explanation, errorCodes } from '../base/error-codes.js';
import { suggest } from '../policy/suggest.js';
import type { Style } from '../report/style.js';
import type { ExplainOptions, Io } from './options.js';
import { usageError } from './values.js';
import { fitted } from './wrap.js';

const explanations: Readonly<Record<string, Explanation>> = { ...errorCodes, BUG: bug };

export function runExplain({ code }: ExplainOptions, { stdout, style }: Io): number {
  const text = code === undefined ? listText(style) : oneText(codeOf(code), style);
  stdout.write(`${fitted(text, stdout)}\n`);
  return 0;
}

/** As typed, or as copied from a message: `error[INVALID_DATA]`. */
function codeOf(typed: string): string {
  const name = typed
    .replace(/^error\[(.*)\]$/i, '$1')
    .toUpperCase()
    .replaceAll('-', '_');
  if (Object.hasOwn(explanations, name)) return name;
  const problem = `no error code ${JSON.stringify(typed)}${suggest(name, Object.keys(explanations), 'there are')}`;
  throw usageError('explain', problem, 'run "marauder explain" for the list');
}

function listText(style: Style): string {
  const width = Math.max(...Object.keys(explanations).map((code) => code.length));
  return Object.entries(explanations)
    .map(([code, { means }]) => `${style.strong(code.padEnd(width))}  ${inText(means, style)}`)
    .join('\n');
}

function oneText(code: string, style: Style): string {
  const { means, example, todo } = explanations[code] ?? bug;
  const row = (label: string, value: string) => `${style.faint(label.padStart(10))}  ${value}`;
  return [
    `${style.strong(code)}  ${inText(means, style)}`,
    '',
    row('Example', `${style.bad(`error[${code}]`)} ${example}`),
    row('What to do', inText(todo, style)),
  ].join('\n');
}

/** What stands between backticks in the documentation is painted as what one may type. */
const inText = (text: string, style: Style): string =>
  text.replace(/`([^`]*)`/g, (_, word: string) => style.command(word));
