// `marauder fuzz` as users run it. Needs `npm run build`.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inRoot, smallPolicy, Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

const mlp = inRoot('corpora/digits-mlp.onnx');
const data = `--data ${inRoot('corpora/digits.npz')} --inputs test_images --labels test_labels --scale 0.0625`;
const words = (line: string): string[] => line.split(' ').filter((word) => word !== '');
const near = (line: string): string[] => ['fuzz', mlp, ...words(`${data} --rows 12 ${line}`)];
/** Enough for some findings, with all four stages that matter: seconds each. */
const few = '--linf 0.1 --executions 3000';

type Campaign = {
  readonly executions: number;
  readonly corpusSize: number;
  readonly corpus: string;
  readonly before: { readonly executions: number; readonly runs: number };
  readonly coverage: readonly { readonly criterion: string }[];
  readonly stages: readonly { readonly name: string; readonly executions: number }[];
  readonly findings: readonly {
    readonly objective: string;
    readonly instance: string;
    readonly summary: string;
    readonly margin: number | null;
    readonly finding: string;
  }[];
};

async function json(...args: string[]): Promise<{ status: number | null; campaigns: readonly Campaign[] }> {
  const { status, stdout, stderr } = await bench.call(...args, '--json');
  if (status === 2) throw new Error(stderr);
  return { status, campaigns: JSON.parse(stdout).campaigns };
}

async function only(...args: string[]): Promise<Campaign> {
  const [campaign] = (await json(...args)).campaigns;
  if (campaign === undefined) throw new Error('no campaign');
  return campaign;
}

const kinds = ({ findings }: Pick<Campaign, 'findings'>): Set<string> =>
  new Set(findings.map(({ objective, instance }) => `${objective} ${instance}`));

describe('a model', () => {
  let first: Campaign;
  beforeAll(async () => {
    first = await only(...near(`${few} --output-dir first`));
  });

  test('the same seed and executions give the same, whatever the number of workers', async () => {
    const again = await only(...near(`${few} --output-dir again --workers 1`));
    const facts = ({ findings, corpusSize, executions }: Campaign, folder: string) => ({
      corpusSize,
      executions,
      findings: findings.map(({ finding, ...rest }) => ({ ...rest, finding: finding.replace(folder, '') })),
    });
    expect(facts(again, 'again')).toEqual(facts(first, 'first'));
    expect(readFileSync(bench.path(`again/fuzz/digits-mlp/corpus/corpus.npz`))).toEqual(
      readFileSync(bench.path(`first/fuzz/digits-mlp/corpus/corpus.npz`)),
    );
    const other = await only(...near(`${few} --output-dir other --seed 2`));
    expect(facts(other, 'other')).not.toEqual(facts(first, 'first'));
  });

  test('as text: findings, what was spent, and how to go on; the second run knows of the first', async () => {
    const one = await bench.call(...near(`${few} --output-dir twice`));
    expect(one).toMatchObject({ status: 1, stderr: '' });
    expect(one.stdout).toMatch(/✗ robustness {2}row \d+: class \d instead of class \d, margin -/);
    expect(one.stdout).toContain(
      'corpus in twice/fuzz/digits-mlp/corpus; run the same command again to go on',
    );
    const two = await bench.call(...near(`${few} --output-dir twice`));
    expect(two.stdout).toMatch(/\d of earlier runs/);
    expect(two.stdout).toContain('after 3,000 in 1 earlier run');
  });
});

describe('what is run', () => {
  const names = ({ stages }: Campaign): string[] => stages.map(({ name }) => name).sort();

  test('mutators, and no gradients', async () => {
    const { stages } = await only(
      ...near('--linf 0.1 --executions 400 --mutators noise,fog --no-gradients --output-dir m'),
    );
    expect(names({ stages } as Campaign)).toEqual(['climb of robustness', 'fog', 'noise']);
  });

  test('coverage with options, and layers', async () => {
    const line =
      '--linf 0.1 --executions 400 --coverage sign-patterns,k-multisection:sections=5 --layers relu1_out';
    const { coverage } = await only(...near(`${line} --output-dir c`));
    expect(coverage.map(({ criterion }) => criterion)).toEqual([
      'sign-patterns',
      'k-multisection:sections=5',
    ]);
  });

  test.each(['--no-feedback'])('%s: the corpus stays at the rows', async (option) => {
    const line = `--linf 0.001 --executions 400 ${option} --output-dir ${option.replaceAll(/\W/g, '')}`;
    expect((await only(...near(line))).corpusSize).toBe(12);
  });

  test.each(['uniform', 'fast', 'explore'])('--schedule %s', async (schedule) => {
    const line = `--linf 0.1 --executions 600 --schedule ${schedule} --output-dir s-${schedule}`;
    expect((await only(...near(line))).executions).toBe(600);
  });
});

describe('objectives', () => {
  test('what is not finite, with nothing but a range', async () => {
    const unsafe = inRoot('corpora/digits-unsafe.onnx');
    const args = ['fuzz', unsafe, '--range', '0:1', ...words('--executions 20000 --output-dir f')];
    const { status, campaigns } = await json(...args);
    expect(status).toBe(1);
    expect(campaigns[0]?.findings[0]?.summary).toMatch(/first appears in/);
  });
});

describe('a policy', () => {
  const policy = JSON.parse(smallPolicy({ property: { linfEpsilon: 0.1 } }));
  const [property] = policy.properties;
  const finite = { name: 'all-finite', kind: 'finite', model: 'mlp', expect: 'tested' };
  beforeAll(() => {
    bench.write('p.json', JSON.stringify({ ...policy, properties: [property, finite] }));
  });

  test('a campaign for every property, or for those that are named', async () => {
    const run = async (...more: string[]) =>
      await json('fuzz', 'p.json', ...words('--executions 2000 --output-dir p'), ...more);
    const names = ({ campaigns }: Awaited<ReturnType<typeof json>>) => campaigns.map(({ corpus }) => corpus);
    expect(names(await run())).toEqual(['p/fuzz/small/corpus', 'p/fuzz/all-finite/corpus']);
    const one = await run('--property', 'all-finite');
    expect(names(one)).toEqual(['p/fuzz/all-finite/corpus']);
    expect(one.campaigns[0]?.before.runs).toBe(1);
  });

  test('a property that is not there', async () => {
    expect(await bench.call('fuzz', 'p.json', '--property', 'smal')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/USAGE.*no property "smal"\n.*did you mean "small"/),
    });
  });
});

describe('interrupted', () => {
  const long = (folder: string) => near(`--linf 0.1 --time 60s --output-dir ${folder}`);

  test('by Ctrl-C: all is saved, exit code 130, and the next run goes on', async () => {
    let sent = false;
    const { status, stdout } = await bench.start(long('int'), (printed, kill) => {
      if (!sent && printed.includes('✗')) {
        sent = true;
        kill('SIGINT');
      }
    });
    expect(status).toBe(130);
    expect(stdout).toMatch(/\d findings? in/);
    const next = await only(...near(`${few} --output-dir int`));
    expect(next.before.runs).toBe(1);
    expect(next.before.executions).toBeGreaterThan(0);
    for (const [, row] of stdout.matchAll(/✗ robustness {2}(row \d+):/g))
      expect(kinds(next)).toContain(`robustness ${row}`);
  });
});
