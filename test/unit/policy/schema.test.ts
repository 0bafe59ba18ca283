import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { propertyKinds } from '../../../src/findings/kinds.js';
import { parsePolicy } from '../../../src/policy/parse.js';
import { withKeyTables } from '../../../src/policy/reference.js';
import { policyJsonSchema } from '../../../src/policy/schema.js';

const specs = new URL('../../../specs/', import.meta.url);

test('the committed JSON Schema is the one that the code gives (npm run schemas writes it)', () => {
  const committed = readFileSync(new URL('policy.schema.json', specs), 'utf8');
  expect(committed).toBe(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
});

describe('every mapping of the schema', () => {
  const mappings = collect(policyJsonSchema());

  test('there are some', () => expect(mappings.length).toBeGreaterThan(8));

  test.each(mappings)('$place refuses unknown keys and describes the known ones', ({ schema }) => {
    const undescribed = Object.entries(schema.properties).filter(([, value]) => !hasDescription(value));
    expect(schema.additionalProperties).toBe(false);
    expect(undescribed.map(([key]) => key)).toEqual([]);
  });
});

test.each(policyFiles())('%s parses', (file) => {
  const path = new URL(file, specs).pathname;
  expect(parsePolicy(readFileSync(path, 'utf8'), path).version).toBe(1);
});

describe('docs/policy.md', () => {
  const text = readFileSync(new URL('../../../docs/policy.md', import.meta.url), 'utf8');

  test('its example is a policy', () => {
    const [, example = ''] = /```yaml\n(.*?)```/s.exec(text) ?? [];
    expect(parsePolicy(example, 'p.yaml').properties).toHaveLength(3);
  });

  test('its tables of keys are those that the schema gives (npm run schemas writes them)', () => {
    expect(withKeyTables(text)).toBe(text);
    expect(text.match(/<!-- keys: /g)).toHaveLength(5);
    for (const kind of propertyKinds) expect(text).toContain(`\n**${kind}**: `);
  });

  test('names every key', () => {
    const keys = new Set(collect(policyJsonSchema()).flatMap(({ schema }) => Object.keys(schema.properties)));
    expect([...keys].filter((key) => !text.includes(key))).toEqual([]);
  });
});

/** A placeholder keeps test.each from failing while there is none. */
function policyFiles(): string[] {
  const files = existsSync(specs) ? readdirSync(specs).filter((file) => file.endsWith('.policy.yaml')) : [];
  return files.length > 0 ? files : ['../test/unit/policy/least.policy.yaml'];
}

type Mapping = { readonly properties: object; readonly additionalProperties?: unknown };

function collect(schema: unknown, place = 'policy'): { place: string; schema: Mapping }[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = isMapping(schema) ? [{ place, schema }] : [];
  return [...own, ...Object.entries(schema).flatMap(([key, value]) => collect(value, `${place}.${key}`))];
}

const isMapping = (schema: object): schema is Mapping =>
  'properties' in schema && typeof schema.properties === 'object' && 'type' in schema;

const hasDescription = (value: unknown) =>
  typeof value === 'object' && value !== null && 'description' in value && value.description !== '';
