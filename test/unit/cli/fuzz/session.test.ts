import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSession, observe, ranked, speedOf, speeds } from '../../../../src/cli/fuzz/session.js';
import { foundAt, progressOf, sessionOf } from './sessions.js';

describe('samples', () => {
  test.each([1, 60, 119, 600, 7200])('of a run of %d s cover all of it and are not many', (seconds) => {
    const { samples } = sessionOf(seconds);
    expect(samples.length).toBeLessThanOrEqual(240);
    expect(samples.length).toBeGreaterThanOrEqual(Math.min(2 * seconds, 100));
    expect(samples[0]?.at).toBe(0);
    expect(seconds * 1000 - (samples.at(-1)?.at ?? 0)).toBeLessThanOrEqual((seconds * 1000) / 50 + 500);
    // As far apart as each other, so that a curve's axis is time.
    const gaps = samples.slice(1).map(({ at }, index) => at - (samples[index]?.at ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * Math.min(...gaps));
  });

  test('have the share covered, or how many a criterion kept', () => {
    expect(sessionOf(1).samples[0]?.coverage).toEqual([12, 0.3034]);
  });
});

describe('speed', () => {
  test('is of the last seconds', () => {
    const session = sessionOf(30);
    expect(speedOf(session, 30_000)).toBe(1000);
    for (let now = 30_100; now <= 36_000; now += 100)
      observe(session, progressOf({ executions: 30_000 + (now - 30_000) * 5 }), now);
    expect(speedOf(session, 36_000)).toBe(5000);
  });

  test('falls while nothing happens', () => {
    const session = sessionOf(30);
    expect(speedOf(session, 60_000)).toBeLessThan(200);
    observe(session, progressOf({ executions: 30_001 }), 90_000);
    expect(speedOf(session, 90_000)).toBeCloseTo(1 / 60, 1);
  });

  test('is unknown at the start', () => {
    const session = createSession('digits', 'a claim', 0);
    expect(speedOf(session, 100)).toBeNaN();
    observe(session, progressOf({ executions: 5 }), 100);
    expect(speedOf(session, 100)).toBeNaN();
  });

  test('between samples', () => {
    expect(new Set(speeds(sessionOf(500)))).toEqual(new Set([1000]));
  });
});

test('when something was last new, and last found', () => {
  const session = sessionOf(25, [foundAt('row 3', -1)]);
  expect(session).toMatchObject({ lastNewAt: 20_000, lastFoundAt: 1000 });
});

test('the clearest finding comes first, and those without a margin stay as they came', () => {
  const margins = fc.array(fc.option(fc.double({ max: 0, noNaN: true })));
  fc.assert(
    fc.property(margins, (all) => {
      const findings = all.map((margin, at) => foundAt(`row ${at}`, margin));
      const order = ranked({ findings }).map(({ witness }) => witness.margin ?? 0);
      expect(order).toEqual([...order].sort((a, b) => a - b));
      expect(new Set(ranked({ findings }))).toEqual(new Set(findings));
      const without = ranked({ findings }).filter(({ witness }) => witness.margin === null);
      expect(without).toEqual(findings.filter(({ witness }) => witness.margin === null));
    }),
    { seed: 20 },
  );
});
