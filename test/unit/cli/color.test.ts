import { expect, test } from 'vitest';
import { createStyle, wantsColor } from '../../../src/cli/color.js';
import { plain } from '../../../src/report/style.js';

const terminal = { isTTY: true };
const pipe = {};

test.each([
  { flag: false, env: {}, stream: terminal, color: true },
  { flag: false, env: {}, stream: pipe, color: false },
  { flag: false, env: { TERM: 'dumb' }, stream: terminal, color: false },
  { flag: false, env: { NO_COLOR: '1' }, stream: terminal, color: false },
  { flag: false, env: { NO_COLOR: '' }, stream: terminal, color: true },
  { flag: false, env: { FORCE_COLOR: '1' }, stream: pipe, color: true },
  { flag: false, env: { FORCE_COLOR: '' }, stream: pipe, color: true },
  { flag: false, env: { FORCE_COLOR: '0' }, stream: terminal, color: false },
  { flag: false, env: { FORCE_COLOR: 'false' }, stream: terminal, color: false },
  { flag: false, env: { FORCE_COLOR: '1', NO_COLOR: '1' }, stream: terminal, color: false },
  { flag: true, env: { FORCE_COLOR: '1' }, stream: terminal, color: false },
])('--no-color $flag, $env: $color', ({ flag, env, stream, color }) => {
  expect(wantsColor(flag, env, stream)).toBe(color);
});

test('without colour every role leaves text as it is', () => {
  const style = createStyle(false);
  for (const role of Object.keys(plain) as (keyof typeof plain)[]) expect(style[role]('text')).toBe('text');
  expect(createStyle(true).bad('text')).toBe('\u001b[31mtext\u001b[39m');
});
