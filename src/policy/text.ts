// YAML (of which JSON is a part) -> plain values, with the line and column of every value and key.
import { Composer, type Document, isMap, Lexer, LineCounter, Parser, visit } from 'yaml';
import { messageOf } from '../base/user-error.js';
import { keyOf, keyOffsetOf, offsetOf, type Path, startOf } from './nodes.js';
import type { Position, Spot } from './policy.js';
import { type Issue, policyError } from './position.js';
import { offsetInside } from './scalar-offset.js';
import { show } from './suggest.js';

export type SourceText = {
  readonly value: unknown;
  /** Where the value at `path` stands; where there is none, its nearest parent. */
  at(path: Path): Position;
  /** Where the key that `path` ends with stands. */
  atKey(path: Path): Position;
  /** Where a character of the text at `path` stands, with its line. */
  inside(path: Path, place: number): Spot;
};

type Locate = (offset: number) => Position;

/** Characters. A pair of bounds for each of 150,528 inputs (224 x 224 x 3) takes 2 million. */
const LONGEST = 2 ** 24;
/** A policy is five levels deep. The yaml package recurses, and some 10,000 levels end the whole process. */
const DEEPEST = 50;
/** Aliases within aliases multiply: ten lines can stand for gigabytes. */
const ALIASES = 100;

/** Our words for the mistakes that people make; the yaml package's own serve for the rest. */
const explained: Record<string, string> = {
  TAB_AS_INDENT: 'a tab as indentation; YAML wants spaces',
  NON_STRING_KEY: 'a key that is not text',
  BLOCK_AS_IMPLICIT_KEY: 'two "key: value" on one line; give each its own line, or quote the text',
  BAD_INDENT: 'the indentation does not fit the lines above',
};

export function readText(text: string, file: string): SourceText {
  const lines = new LineCounter();
  const locate: Locate = (offset) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const document = compose(text, lines, locate);
  refuse([...syntaxIssues(document, locate), ...keyIssues(document, locate)]);
  const value = plainValue(document, locate);
  if (!isMap(document.contents)) {
    const problem = value === null ? 'the policy is empty' : `a policy is a mapping, not ${show(value)}`;
    const hint = 'begin with "version: 1"; docs/policy.md has an example';
    refuse([{ at: locate(startOf(document.contents)), text: problem, hint }]);
  }
  return {
    value,
    at: (path) => locate(offsetOf(document, path)),
    atKey: (path) => locate(keyOffsetOf(document, path)),
    inside: (path, place) => {
      const offset = offsetInside(document, text, path, place);
      const at = locate(offset);
      const from = offset - (at.column - 1);
      const end = /[\r\n]|$/.exec(text.slice(from))?.index ?? 0;
      return { at, excerpt: { line: text.slice(from, from + end), at: at.column - 1 } };
    },
  };
}

function refuse([first, ...others]: readonly Issue[]): void {
  if (first !== undefined) throw policyError([first, ...others]);
}

/** Keys are compared by `keyIssues`: the package compares each with every other, which takes quadratic time. */
function compose(text: string, lines: LineCounter, locate: Locate): Document {
  const composer = new Composer({ prettyErrors: false, stringKeys: true, uniqueKeys: false });
  const composed = composer.compose(tokens(text, lines, locate), true, text.length);
  const [document, second] = [...composed];
  if (document === undefined) throw new Error('the composer was told to give a document, and gave none');
  if (second !== undefined) {
    const at = locate(second.range[0]);
    refuse([{ at, text: 'a second document begins here ("---"); a policy is one document' }]);
  }
  return document;
}

/** The package's own parser keeps its stack in an array: a place to see the depth before anything recurses. */
function* tokens(text: string, lines: LineCounter, locate: Locate) {
  lines.addNewLine(0);
  if (text.length > LONGEST) refuse([{ at: locate(0), text: `${text.length} characters, over ${LONGEST}` }]);
  const parser = new Parser(lines.addNewLine);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > DEEPEST) {
      refuse([{ at: locate(parser.offset), text: `nested more than ${DEEPEST} levels deep` }]);
    }
  }
  yield* parser.end();
}

/** Warnings count: an unknown tag or directive means that the file does not say what its author thinks. */
const syntaxIssues = (document: Document, locate: Locate): Issue[] =>
  [...document.errors, ...document.warnings].map(({ pos, code, message }) => ({
    at: locate(message.startsWith('Missing closing') ? lastQuote(document, pos[0]) : pos[0]),
    text: `not valid YAML: ${explained[code] ?? message}`,
  }));

/** Where a text opened that never closes: the package names the end of the file. */
function lastQuote(document: Document, end: number): number {
  let opened = end;
  visit(document, {
    Scalar(_, { type, range }) {
      if (type?.startsWith('QUOTE') && range && range[0] < end) opened = range[0];
    },
  });
  return opened;
}

function keyIssues(document: Document, locate: Locate): Issue[] {
  const issues: Issue[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Map<string, number>();
      for (const pair of map.items) {
        const key = keyOf(pair);
        const at = locate(startOf(pair.key));
        const earlier = seen.get(key);
        seen.set(key, at.line);
        // Zod skips this key without a word, for an assignment to it would change an object's prototype.
        if (key === '__proto__') issues.push({ at, text: 'the key "__proto__" is not allowed' });
        if (earlier !== undefined) {
          issues.push({ at, text: `duplicate key ${show(key)}; line ${earlier} has it already` });
        }
      }
    },
  });
  return issues;
}

function plainValue(document: Document, locate: Locate): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES });
  } catch (error) {
    // Only aliases fail here: without an anchor, or too many. The first of the former, else of all, is to blame.
    let blamed: { offset: number; resolved: boolean } | undefined;
    visit(document, {
      Alias(_, alias) {
        const resolved = alias.resolve(document) !== undefined;
        if (blamed === undefined || (blamed.resolved && !resolved))
          blamed = { offset: startOf(alias), resolved };
      },
    });
    const at = locate(blamed?.offset ?? 0);
    throw policyError([{ at, text: `not valid YAML: ${messageOf(error)}` }]);
  }
}
