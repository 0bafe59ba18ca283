// A pool of workers computes what this thread computes, keeps runs apart, and ends when it is told to.
// The workers run dist/src/program/worker.js, which `npm test` builds first.
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { float32, int64, rows, type Tensor, tensor, toNumbers } from '../../../src/base/tensor.js';
import { compile } from '../../../src/program/compile.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { Program } from '../../../src/program/program.js';
import { type Feeds, RuntimeError } from '../../../src/program/session.js';
import { createWorkerRuntime } from '../../../src/program/worker-runtime.js';
import { foreignNode } from '../../helpers/foreign.js';
import { holds } from '../../helpers/laws.js';
import { bytesOf, inline, result } from '../../helpers/programs.js';
import { cases, lawful } from './cases/index.js';
import { build, feedsOf, instances } from './cases/instance.js';

const pool = createWorkerRuntime(2);
afterAll(() => pool.close());

/** y = x + 1; an index out of range makes `run` fail. */
function lookUp(p = new Program()) {
  const x = p.input('x', 'float32', ['batch']);
  const at = p.input('at', 'int64', ['batch']);
  return { p, outputs: { y: p.gather(p.add(x, 1), at, 0) } };
}
const feeds = (value: number, at = 0) => ({ x: float32([value]), at: int64([at]) });
const answer = (results: Readonly<Record<string, Tensor>>) => toNumbers(result(results, 'y'));

test('inline and worker runtime agree bit for bit', () =>
  holds(
    fc.constantFrom(...lawful).chain((name) => instances(cases[name])),
    async (instance) => {
      const { p, value } = build(instance, 'float32');
      const given = feedsOf(instance, 'float32');
      const [here, there] = await Promise.all(
        [inline, pool].map(async (runtime) => (await compile(p, { y: value }, runtime)).run(given)),
      );
      expect(there?.y?.shape).toEqual(here?.y?.shape);
      expect(bytesOf(result(there ?? {}, 'y'))).toEqual(bytesOf(result(here ?? {}, 'y')));
    },
    80,
  ));

describe('a pool', () => {
  test('answers many runs at a time, each its own', async () => {
    const { p, outputs } = lookUp();
    const session = await compile(p, outputs, pool);
    const runs = Array.from({ length: 500 }, (_, at) => session.run(feeds(at)));
    expect((await Promise.all(runs)).map((results) => answer(results)[0])).toEqual(
      runs.map((_, at) => at + 1),
    );
  });

  test('rejects the run that fails, and only that one', async () => {
    const { p, outputs } = lookUp();
    const session = await compile(p, outputs, pool);
    const runs = Array.from({ length: 50 }, (_, at) => session.run(feeds(at, at % 5 === 0 ? 9 : 0)));
    const settled = await Promise.allSettled(runs);
    settled.forEach((outcome, at) => {
      if (at % 5 === 0)
        expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(RuntimeError) });
      else expect(outcome.status === 'fulfilled' && answer(outcome.value)).toEqual([at + 1]);
    });
  });

  test('leaves the arrays of its callers alone, and takes no more of a view than the view', async () => {
    const p = new Program();
    const session = await compile(p, { y: p.add(p.input('x', 'float32', ['batch', 2]), 1) }, pool);
    const data = float32([1, 2, 3, 4, 5, 6], [3, 2]);
    const pending = session.run({ x: rows(data, 1, 2) });
    data.data.fill(0);
    expect(answer(await pending)).toEqual([4, 5]);
    expect(data.data.length).toBe(6);
  });

  test('takes a Node buffer, and strings', async () => {
    const p = new Program();
    const bytes = await compile(p, { y: p.cast(p.input('x', 'uint8', ['batch']), 'float32') }, pool);
    const x = tensor('uint8', [3], Buffer.from([1, 2, 255]));
    expect(answer(await bytes.run({ x }))).toEqual([1, 2, 255]);
    expect(Array.from(x.data)).toEqual([1, 2, 255]);
    const q = new Program();
    const texts = await compile(q, { y: q.input('x', 'string', ['batch']) }, pool);
    expect(result(await texts.run({ x: tensor('string', [2], ['a', 'ß']) }), 'y').data).toEqual(['a', 'ß']);
  });

  test('shares a session between equal programs', async () => {
    const [first, second] = [lookUp(), lookUp()];
    expect(await compile(first.p, first.outputs, pool)).toBe(await compile(second.p, second.outputs, pool));
  });

  test('of no workers is refused', () => {
    expect(() => createWorkerRuntime(0)).toThrow(RangeError);
  });
});

describe.each([
  ['inline', () => createInlineRuntime()],
  ['worker', () => createWorkerRuntime(1)],
] as const)('the %s runtime', (_name, create) => {
  test('rejects what ONNX Runtime refuses, and opens the next model all the same', async () => {
    const runtime = create();
    await expect(runtime.open(Uint8Array.of(1, 2, 3))).rejects.toThrow(RuntimeError);
    const p = new Program();
    const x = p.input('x', 'float32', ['batch']);
    const [y = x] = p.opaque(foreignNode('NoSuchOperator', [x]), [x]);
    await expect(compile(p, { y }, runtime)).rejects.toThrow(/NoSuchOperator/);
    const { p: q, outputs } = lookUp();
    expect(answer(await (await compile(q, outputs, runtime)).run(feeds(1)))).toEqual([2]);
    await runtime.close();
  });

  test('rejects feeds that are missing, mistyped or of the wrong length', async () => {
    const runtime = create();
    const { p, outputs } = lookUp();
    const session = await compile(p, outputs, runtime);
    const wrong: Feeds[] = [
      { x: float32([1]) },
      { x: int64([1]), at: int64([0]) },
      { x: tensor('float32', [2], Float32Array.of(1)), at: int64([0]) },
      { x: float32([1], [1, 1]), at: int64([0]) },
    ];
    for (const given of wrong) await expect(session.run(given)).rejects.toThrow(RuntimeError);
    expect(answer(await session.run({ ...feeds(1), unused: float32([1]) }))).toEqual([2]);
    await runtime.close();
  });

  test('rejects after close, instead of hanging', async () => {
    const runtime = create();
    const { p, outputs } = lookUp();
    const session = await compile(p, outputs, runtime);
    await runtime.close();
    await expect(session.run(feeds(1))).rejects.toThrow(/closed/);
    await expect(compile(p, outputs, runtime)).rejects.toThrow(RuntimeError);
    await runtime.close();
  });
});

test('close rejects what is under way', async () => {
  const runtime = createWorkerRuntime(1);
  const { p, outputs } = lookUp();
  const session = await compile(p, outputs, runtime);
  const settled = Promise.allSettled(Array.from({ length: 20 }, () => session.run(feeds(1))));
  await runtime.close();
  const reasons = (await settled).flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason] : [],
  );
  expect(reasons.length).toBeGreaterThan(0);
  expect(reasons.every((reason) => reason instanceof RuntimeError)).toBe(true);
});

/** Runs the compiled library in a process of its own. */
function scriptExit(lines: readonly string[]): { status: number | null; stdout: string } {
  const dist = new URL('../../../dist/src/program/', import.meta.url);
  const imports = [
    `import { Program } from '${dist}program.js';`,
    `import { compile } from '${dist}compile.js';`,
    `import { createWorkerRuntime } from '${dist}worker-runtime.js';`,
    'const runtime = createWorkerRuntime(2);',
    'const p = new Program();',
    "const session = await compile(p, { y: p.exp(p.input('x', 'float32', ['batch'])) }, runtime);",
    "const x = { dtype: 'float32', shape: [1], data: Float32Array.of(0) };",
  ];
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', [...imports, ...lines].join('\n')],
    { timeout: 20_000, encoding: 'utf8' },
  );
  return { status, stdout };
}

describe('a process', () => {
  test.each([
    ['closed', ['console.log((await session.run({ x })).y.data[0]);', 'await runtime.close();']],
    ['idle', ['console.log((await session.run({ x })).y.data[0]);']],
  ])('ends when its pool is %s', (_name, lines) => {
    expect(scriptExit(lines)).toEqual({ status: 0, stdout: '1\n' });
  });
});
