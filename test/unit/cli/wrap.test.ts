import { expect, test } from 'vitest';
import { widthOf } from '../../../src/cli/screen.js';
import { wrap } from '../../../src/cli/wrap.js';

test.each([
  ['short lines stay', '✗ name  violated\n    detail', '✗ name  violated\n    detail'],
  [
    'what follows is indented',
    '    the class predicted at each row wins',
    '    the class\n      predicted at\n      each row\n      wins',
  ],
  ['two spaces at the break go', '✗ mlp-robust  tested 36', '✗ mlp-robust\n  tested 36'],
  ['a long word is left to the terminal', `a ${'b'.repeat(30)} c`, `a\n  ${'b'.repeat(30)}\n  c`],
  ['a command is left whole', '   marauder replay a-long-path b', '   marauder replay a-long-path b'],
  [
    'also in colour',
    '   \u001b[36mmarauder replay a-long-path\u001b[39m',
    '   \u001b[36mmarauder replay a-long-path\u001b[39m',
  ],
])('%s', (_name, text, wrapped) => {
  expect(wrap(text, 18)).toBe(wrapped);
});

test('colours take no columns', () => {
  const text = '\u001b[31mone two\u001b[39m three';
  expect(wrap(text, 13)).toBe(text);
  expect(widthOf(text)).toBe(13);
});
