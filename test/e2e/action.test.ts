// action.yml and the recipes of docs/ci.md: the action's step is run by bash as GitHub runs it, with `npx` in place of npm's that starts
// this very build; commands of recipes have options that exist.
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { inRoot, smallPolicy, Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

const action = z
  .object({
    inputs: z.record(z.string(), z.object({ description: z.string(), default: z.string() })),
    runs: z.object({
      steps: z.array(
        z.object({
          id: z.string().optional(),
          env: z.record(z.string(), z.string()).optional(),
          run: z.string().optional(),
        }),
      ),
    }),
  })
  .parse(parse(readFileSync(inRoot('action.yml'), 'utf8')));
const step = action.runs.steps.find(({ id }) => id === 'check');

/** The step's variables, from inputs and their defaults. */
function variables(given: Readonly<Record<string, string>>): Record<string, string> {
  const filled = (text: string) =>
    text.replace(
      /\$\{\{ inputs\.([\w-]+) \}\}/g,
      (_, name: string) => given[name] ?? action.inputs[name]?.default ?? '?',
    );
  return Object.fromEntries(Object.entries(step?.env ?? {}).map(([name, text]) => [name, filled(text)]));
}

const read = (name: string): string =>
  existsSync(bench.path(name)) ? readFileSync(bench.path(name), 'utf8') : '';

/** As GitHub's `shell: bash` does. */
function runStep(
  name: string,
  inputs: Readonly<Record<string, string>>,
): Promise<{ status: number; output: string; summary: string }> {
  const { folder } = bench;
  bench.write(`${name}.sh`, step?.run ?? '');
  bench.write(
    'npx',
    `#!/bin/sh\necho "$1 $2" >> npx.txt\nshift 2\nexec ${process.execPath} ${inRoot('bin/marauder.js')} "$@"\n`,
  );
  chmodSync(bench.path('npx'), 0o755);
  const env = {
    ...variables(inputs),
    PATH: `${folder}:${process.env.PATH}`,
    RUNNER_TEMP: folder,
    GITHUB_OUTPUT: bench.path(`${name}.output`),
    GITHUB_STEP_SUMMARY: bench.path(`${name}.summary`),
  };
  return new Promise((resolve) => {
    execFile(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', `${name}.sh`],
      { cwd: folder, env },
      (error) => {
        const status = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
        resolve({ status, output: read(`${name}.output`), summary: read(`${name}.summary`) });
      },
    );
  });
}

const easy = smallPolicy({
  property: { linfEpsilon: 0.001, rows: 4, budget: { executions: 2000, seconds: 60 } },
});

describe('the action', () => {
  test('a gate that passes: outputs, summary, SARIF and report', async () => {
    bench.write('good policy.json', easy);
    const ran = await runStep('good', {
      policy: 'good policy.json',
      args: '--reporter junit=junit.xml',
      seed: '3',
    });
    expect(ran).toMatchObject({ status: 0, output: 'gate=passed\n' });
    expect(ran.summary).toContain('passed');
    expect(JSON.parse(read('marauder.sarif')).version).toBe('2.1.0');
    expect(JSON.parse(read('marauder-report.json')).seed).toBe(3);
    expect(read('junit.xml')).toContain('<testsuites');
    expect(read('npx.txt')).toBe('--yes marauder@latest\n');
  });

  test('a gate that fails, and a policy that is wrong', async () => {
    bench.write('bad.json', smallPolicy({ property: { linfEpsilon: 0.9, rows: 2 } }));
    expect(await runStep('bad', { policy: 'bad.json', sarif: '' })).toMatchObject({
      status: 1,
      output: 'gate=failed\n',
    });
    bench.write('wrong.json', '{');
    expect(await runStep('wrong', { policy: 'wrong.json' })).toMatchObject({ status: 2, output: '' });
  });

  test('a part ends well and says nothing of the gate', async () => {
    bench.write('part.json', easy);
    const ran = await runStep('part', { policy: 'part.json', shard: '1/2', report: 'part-1.json' });
    expect(ran).toMatchObject({ status: 0, output: '' });
    expect(JSON.parse(read('part-1.json')).shard).toBeDefined();
  });
});

const recipes = readFileSync(inRoot('docs/ci.md'), 'utf8');

test('options of all commands in docs/ci.md exist', async () => {
  const commands = [...recipes.matchAll(/marauder (check|merge-reports)((?: +[^\s'`]+)*)/g)];
  expect(commands.length).toBeGreaterThan(6);
  for (const [line, command = '', rest = ''] of commands) {
    const { stdout } = await bench.call(command, '--help');
    for (const [option] of rest.matchAll(/--[a-z][a-z-]*/g)) expect(stdout, line).toContain(option);
  }
});

/** What steps that use the action give it, anywhere in a document. */
function givenIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const isAction = 'uses' in value && String(value.uses).startsWith('OWNER/marauder@');
  const given = isAction && 'with' in value ? Object.keys(Object(value.with)) : [];
  return [...given, ...Object.values(value).flatMap(givenIn)];
}

test('the YAML of docs/ci.md is YAML, and gives the action inputs that it has', () => {
  const blocks = [...recipes.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
  const given = blocks.flatMap((text) => givenIn(parse(text)));
  expect(given).toContain('shard');
  expect(given.filter((name) => !(name in action.inputs))).toEqual([]);
});
