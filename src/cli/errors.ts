// What was thrown -> what the user reads on stderr. Users' errors are told plainly, ours are owned up to.
import { messageOf, type Problem, UserError } from '../base/user-error.js';
import type { Style } from '../report/style.js';
import { oneLine } from '../report/words.js';
import { widthOf } from './screen.js';

/** `error[CODE] where: problem`, and a line with what to do, for everything that is wrong. */
export function errorText(thrown: unknown, style: Style, debug: boolean): string {
  const lines = thrown instanceof UserError ? userErrorLines(thrown, style) : bugLines(thrown, style);
  const stack = debug ? stackLines(thrown).map((line) => style.faint(line)) : [];
  return `${[...lines, ...stack].join('\n')}\n`;
}

function userErrorLines({ code, details }: UserError, style: Style): string[] {
  const { others = [], omitted } = details;
  return [
    ...[details, ...others].flatMap((problem) => problemLines(code, problem, style)),
    ...(omitted === undefined ? [] : [`... and ${omitted} more`]),
  ];
}

const problemLines = (code: string, { where, problem, hint, excerpt }: Problem, style: Style): string[] => [
  `${style.bad(`error[${code}]`)} ${style.strong(oneLine(where))}: ${oneLine(problem)}`,
  ...(excerpt === undefined ? [] : excerptLines(excerpt, style)),
  ...(hint === undefined ? [] : [`  ${style.command('hint:')} ${oneLine(hint)}`]),
];

/** Whatever is no visible character becomes one space, of known width, so that the caret stays below its place. */
function excerptLines({ line, at }: { line: string; at: number }, style: Style): string[] {
  const plain = (text: string) => text.replace(/[\p{Cc}\p{Cf}\p{Cs}\s]/gu, ' ');
  return [`  ${plain(line)}`, `  ${' '.repeat(widthOf(plain(line.slice(0, at))))}${style.bad('^')}`];
}

const bugLines = (thrown: unknown, style: Style): string[] => [
  `${style.bad('error[BUG]')} ${oneLine(messageOf(thrown)) || 'something without a message was thrown'}`,
  '  this is a bug in Marauder, not in your files',
  `  ${style.command('hint:')} run again with --debug and report what it prints`,
];

function stackLines(thrown: unknown): string[] {
  if (!(thrown instanceof Error)) return [];
  const own = (thrown.stack ?? '').split('\n');
  return thrown.cause === undefined ? own : [...own, 'caused by', ...stackLines(thrown.cause)];
}
