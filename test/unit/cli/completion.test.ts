// The scripts of `marauder completion`, run in the shells themselves where they are there.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { bashScript } from '../../../src/cli/completion/bash.js';
import { completedCommands } from '../../../src/cli/completion/tables.js';
import { zshScript } from '../../../src/cli/completion/zsh.js';
import { commands } from '../../../src/cli/parse.js';

const completed = completedCommands(commands);

const has = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0;

describe.skipIf(!has('bash'))('bash', () => {
  /** What Tab offers behind the words, the last of which is being typed. */
  function offered(...words: string[]): string[] {
    const list = words.map((word) => `'${word}'`).join(' ');
    const call = `COMP_WORDS=(marauder ${list}); COMP_CWORD=${words.length}; _marauder; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', `${bashScript(completed)}\n${call}`], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return stdout.split('\n').filter((line) => line !== '');
  }

  test.each([
    [['ini'], ['init']],
    [['merge'], ['merge', 'merge-reports']],
    [['check', '--se'], ['--seed']],
    [['--no-color', 'check', '--print'], ['--print-config']],
    // Files are bash's own affair.
    [['check', ''], []],
    [['check', '--report', '--'], []],
    [
      ['bounds', 'net.onnx', '--method', ''],
      ['ibp', 'crown'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh'],
    ],
  ])('%o', (words, expected) => {
    expect(offered(...words)).toEqual(expected);
  });

  test('every command, and every option of each', () => {
    expect(offered('')).toEqual(expect.arrayContaining(commands.map(({ name }) => name)));
    for (const { name, options } of completed)
      expect(offered(name, '--')).toEqual(options.map(({ flag }) => flag));
  });
});

test.skipIf(!has('zsh'))('zsh reads its script', () => {
  expect(spawnSync('zsh', ['-n', '-c', zshScript(completed)], { encoding: 'utf8' }).stderr).toBe('');
});

test('zsh: descriptions do not end their quotes', () => {
  const lines = zshScript(completed)
    .split('\n')
    .filter((line) => line.trim().startsWith("'"));
  expect(lines.length).toBeGreaterThan(50);
  for (const line of lines) expect(line.trim()).toMatch(/^'(?:[^']|'\\'')*'(?: \\| ;;)$/);
});
