// The words of a proof's margin.
import { expect, test } from 'vitest';
import { verdictLines } from '../../../../src/cli/prove/text.js';
import { plain } from '../../../../src/report/style.js';

type Verdict = Parameters<typeof verdictLines>[0];

const proved = (margin: number | null): string => {
  const result: Verdict = {
    verdict: 'proved',
    margin,
    reason: null,
    detail: null,
    counterexample: null,
    networks: [],
  };
  return verdictLines(result, plain).join('\n');
};

test('a margin is said, but for that of what clipping proved, of which only the sign is known', () => {
  expect(proved(0.976)).toBe('✓ proved  no input violates the property: each misses it by at least 0.976');
  expect(proved(Number.MIN_VALUE)).toBe(
    '✓ proved  no input violates the property: each misses it, by how much is not known',
  );
  expect(proved(null)).toBe('✓ proved  no input violates the property');
});
