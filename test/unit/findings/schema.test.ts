// The schema and the types say the same, and the committed JSON Schema is the schema's.
import { readFileSync } from 'node:fs';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import { UserError } from '../../../src/base/user-error.js';
import type { RunReport } from '../../../src/findings/report.js';
import { parseReport, reportJsonSchema, type runReport } from '../../../src/findings/schema.js';
import { reports } from '../../golden/reports.js';

type Frozen<T> = T extends readonly (infer Element)[]
  ? readonly Frozen<Element>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

test('the schema accepts exactly the type', () => {
  expectTypeOf<Frozen<z.infer<typeof runReport>>>().toEqualTypeOf<Frozen<RunReport>>();
});

test('specs/report.schema.json is up to date (npm run schemas)', () => {
  const committed = readFileSync(new URL('../../../specs/report.schema.json', import.meta.url), 'utf8');
  expect(committed).toBe(`${JSON.stringify(reportJsonSchema(), null, 2)}\n`);
});

describe('a report that is not one', () => {
  const changed = (change: Record<string, unknown>): unknown => ({ ...reports.passing, ...change });
  test.each([
    ['null', null, 'r.json'],
    ['a list', [], 'r.json'],
    ['another version', changed({ schemaVersion: 2 }), 'r.json: schemaVersion'],
    ['an unknown key', changed({ extra: 1 }), 'r.json'],
    [
      'a hash of the wrong length',
      changed({ policy: { file: 'p', sha256: 'abc' } }),
      'r.json: policy.sha256',
    ],
    ['an infinite time', changed({ seed: Number.POSITIVE_INFINITY }), 'r.json: seed'],
    ['a name that is none', changed({ models: [{ name: 3 }] }), 'r.json: models[0].name'],
  ])('%s', (_name, value, where) => {
    const thrown = catchError(() => parseReport(value, 'r.json'));
    expect(thrown).toMatchObject({ code: 'INVALID_FINDING', details: { where } });
  });
});

function catchError(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
  }
  throw new Error('expected a UserError');
}
