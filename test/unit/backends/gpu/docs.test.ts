// docs/models.md names the operators that have kernels, and no others.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kernels } from '../../../../src/backends/gpu/kernels/index.js';

test('the table of docs/models.md and the table of kernels go together', () => {
  const docs = readFileSync(new URL('../../../../docs/models.md', import.meta.url), 'utf8');
  const section = docs.slice(docs.indexOf('## gpu.js'), docs.indexOf('## The public benchmark networks'));
  const cells = [...section.matchAll(/^\| \w[^|]*\| (.*) \|$/gm)].map(([, cell = '']) => cell);
  const named = cells.flatMap((cell) => cell.replaceAll(/\([^)]*\)/g, '').match(/[A-Z]\w+/g) ?? []);
  expect([...new Set(named)].sort()).toEqual(Object.keys(kernels).sort());
});
