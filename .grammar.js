// The parser of expressions, from its grammar to a module. Run it after changing the grammar.
import { readFileSync, writeFileSync } from 'node:fs';
import peggy from 'peggy';

const folder = new URL('src/policy/expression/', import.meta.url);

/** @returns {string} what `generated/grammar.ts` has to be */
export function grammar() {
  const text = readFileSync(new URL('grammar.peggy', folder), 'utf8');
  const allowedStartRules = ['Whole', 'Tokens'];
  const source = peggy.generate(text, { output: 'source', format: 'bare', allowedStartRules });
  const [, header, parser] = /^((?:\/\/.*\n)*)\s*([\s\S]*)$/.exec(source) ?? [];
  return `// @ts-nocheck
// Written by \`npm run grammar\` from ../grammar.peggy.
${header}import type { Grammar } from '../tree.js';

export const grammar: Grammar = ${parser.trim()};
`;
}

if (process.argv[1] === new URL(import.meta.url).pathname)
  writeFileSync(new URL('generated/grammar.ts', folder), grammar());
