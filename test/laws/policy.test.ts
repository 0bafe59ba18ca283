// However a policy is broken, its author gets one error with a place, never a crash.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../../src/base/user-error.js';
import { parsePolicy } from '../../src/policy/parse.js';
import { sample } from '../unit/policy/sample.js';

const SEED = 20260729;

/** Pieces that mean something to YAML or to us, so that mutants get past the first check. */
const pieces = [
  ...': [ ] { } - # & * ! | > % @ " \' , ? \n \t'.split(' '),
  ...[
    '  ',
    'null',
    '~',
    '-1',
    '1e999',
    '.nan',
    '0x10',
    '!!binary',
    '<<',
    '*a',
    '&a',
    '---',
    '...',
    '%YAML 1.1',
  ],
  ...['__proto__', 'constructor', 'true', '[0, 1]', '{}', 'kind: finite', '\ufeff', '\0', '\ud800', '\r'],
];

const edit = fc.record({
  at: fc.nat({ max: sample.length }),
  remove: fc.oneof(fc.constant(0), fc.nat({ max: 3 }), fc.nat({ max: 60 })),
  insert: fc.oneof(fc.constant(''), fc.constantFrom(...pieces), fc.string({ maxLength: 4 })),
});
const byCharacters = fc
  .array(edit, { minLength: 1, maxLength: 4 })
  .map((edits) =>
    edits.reduce(
      (text, { at, remove, insert }) => text.slice(0, at) + insert + text.slice(at + remove),
      sample,
    ),
  );

const lines = sample.split('\n');
const line = fc.nat({ max: lines.length - 1 });
const byLines = fc
  .array(fc.tuple(line, line, fc.constantFrom('delete', 'duplicate', 'move')), { minLength: 1, maxLength: 3 })
  .map((edits) => edits.reduce(editLines, lines).join('\n'));

function editLines(text: readonly string[], [from, to, how]: [number, number, string]): string[] {
  const moved = text[from] ?? '';
  const rest = how === 'duplicate' ? text : text.toSpliced(from, 1);
  return how === 'delete' ? [...rest] : rest.toSpliced(to, 0, moved);
}

test('1,000 broken policies give a policy, or an error with a place inside the file', () => {
  let refused = 0;
  fc.assert(
    fc.property(fc.oneof(byCharacters, byLines), (text) => {
      try {
        expect(parsePolicy(text, 'p.yaml').properties.length).toBeGreaterThan(0);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        refused++;
        expect(error.code).toBe('INVALID_POLICY');
        const [, row, column] = /^p\.yaml:(\d+):(\d+)$/.exec(error.details.where) ?? [];
        expect(Number(row)).toBeGreaterThan(0);
        expect(Number(row)).toBeLessThanOrEqual(text.split(/\n/).length + 1);
        expect(Number(column)).toBeGreaterThan(0);
      }
    }),
    { seed: SEED, numRuns: 1000 },
  );
  // Both branches must be reached for the law to say anything.
  expect(refused).toBeGreaterThan(500);
  expect(refused).toBeLessThan(990);
});

test('every JSON value is a policy or refused with a place', () => {
  fc.assert(
    fc.property(fc.jsonValue({ depthSize: 'medium' }), (value) => {
      expect(() => parsePolicy(JSON.stringify(value), 'p.json')).toThrow(UserError);
    }),
    { seed: SEED, numRuns: 300 },
  );
});
