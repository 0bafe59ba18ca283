// Hand-made reports for the golden tests: every kind of verdict, passing, failing and interrupted.
import type { InstanceReport, PropertyReport, RunReport } from '../../src/findings/report.js';
import type { Verdict, Witness } from '../../src/findings/verdict.js';

const hash = (digit: string) => digit.repeat(64);
const timing = { proveMs: 210, attackMs: 0, fuzzMs: 0, totalMs: 412 };

const proved: Verdict = {
  kind: 'proved',
  method: 'ibp',
  arithmetic: 'deployed',
  margin: 0.0125,
  checked: false,
};
const tested: Verdict = { kind: 'tested', executions: 1204, smallestMargin: 0.5 };
const loose: Verdict = {
  kind: 'unknown',
  reason: 'loose-bounds',
  detail: 'lower bound of the margin is -0.31',
};
const timeout: Verdict = { kind: 'unknown', reason: 'timeout', detail: 'not reached within 10 s' };

const witness: Witness = {
  finding: 'findings/cnn-robust-17',
  foundBy: 'gradient',
  executions: 1204,
  row: 17,
  linfDistance: 0.05000000074505806,
  margin: -0.25,
  summary: 'class 3 instead of 8',
};
const violated = (changes: Partial<Witness> = {}): Verdict => ({
  kind: 'violated',
  witness: { ...witness, ...changes },
});

/** `total` instances with one verdict, the first being row `from`. */
const rows = (total: number, verdict: Verdict, from = 0): InstanceReport[] =>
  Array.from({ length: total }, (_, index) => ({ instance: `row ${from + index}`, verdict }));

function property(
  name: string,
  instances: InstanceReport[],
  changes: Partial<PropertyReport>,
): PropertyReport {
  const verdicts = { proved: 0, violated: 0, tested: 0, unknown: 0 };
  for (const { verdict } of instances) verdicts[verdict.kind] += 1;
  return {
    name,
    at: { file: 'specs/digits.policy.yaml', line: 12, column: 5 },
    kind: 'robustness',
    claim: 'class of the label wins everywhere within linf 0.05 of each row',
    models: ['mlp'],
    expect: 'proved',
    severity: 'error',
    unknownPasses: false,
    status: 'passed',
    share: { reached: 1, required: 1 },
    verdicts,
    instances,
    executions: 0,
    subproblems: 0,
    fuzzing: null,
    coverageFloors: [],
    notes: [],
    timing,
    ...changes,
  };
}

function run(properties: PropertyReport[], changes: Partial<RunReport> = {}): RunReport {
  return {
    schemaVersion: 1,
    tool: { name: 'marauder', version: '0.1.0', onnxruntime: '1.30.0' },
    arithmetic: 'deployed',
    policy: { file: 'specs/digits.policy.yaml', sha256: hash('a') },
    seed: 7,
    models: [{ name: 'mlp', file: 'corpora/mlp.onnx', sha256: hash('b') }],
    data: [{ name: 'digits', file: 'corpora/digits.npz', sha256: hash('c') }],
    gate: properties.every(({ status }) => status === 'passed') ? 'passed' : 'failed',
    interrupted: false,
    properties,
    baseline: null,
    timing: { startedAt: '2026-01-02T03:04:05.678Z', totalMs: 12_345, workers: 2 },
    ...changes,
  };
}

const fuzzing = {
  executions: 120_000,
  corpusSize: 214,
  coverage: [
    { criterion: 'activation-distance', kept: 113, covered: null },
    { criterion: 'neuron-coverage', kept: 31, covered: 0.8427 },
  ],
};

const partlyProved = property(
  'mlp-robust',
  [...rows(17, proved), ...rows(2, tested, 17), ...rows(1, loose, 19)],
  {
    share: { reached: 0.85, required: 0.75 },
  },
);
const inputRange: InstanceReport[] = [{ instance: 'input range', verdict: tested }];

export const reports = {
  passing: run([
    partlyProved,
    property('cnn', [...rows(3, proved), ...rows(9, tested, 3)], {
      expect: 'tested',
      fuzzing,
      executions: 120_768,
      notes: ['the batch axis of "cnn" is fixed at 1: inputs are run one by one'],
    }),
    property('finite', inputRange, {
      kind: 'finite',
      expect: 'tested',
      executions: 1204,
      timing: { ...timing, totalMs: 125_400 },
    }),
    property('tiny', [{ instance: 'input range', verdict: { ...proved, checked: true } }], {
      kind: 'finite',
    }),
  ]),
  failing: run([
    property(
      'cnn-robust',
      [
        ...rows(13, tested),
        ...rows(1, violated(), 13),
        ...rows(1, violated({ finding: 'findings/it is row 14', linfDistance: null, foundBy: 'fuzz' }), 14),
        ...rows(1, violated({ foundBy: 'seed', executions: 1, linfDistance: 0 }), 15),
        ...rows(2, violated(), 16),
        ...rows(1, { kind: 'unknown', reason: 'no-executions', detail: 'budget of 1,000 executions' }, 18),
        ...rows(1, timeout, 19),
      ],
      {
        expect: 'tested',
        status: 'failed',
        share: { reached: 0.65, required: 0.9995 },
        executions: 121_280,
        fuzzing,
      },
    ),
    property('mlp-robust', [...rows(3, proved), ...rows(5, loose, 3), ...rows(1, timeout, 8)], {
      status: 'failed',
      share: { reached: 3 / 9, required: 0.75 },
    }),
    property(
      'log-softmax\u001b[31m is finite',
      [
        {
          instance: 'input range',
          verdict: violated({
            finding: 'findings/finite',
            foundBy: 'corner',
            linfDistance: null,
            row: null,
            margin: null,
            summary: 'output "loss" is -Infinity',
          }),
        },
      ],
      {
        kind: 'finite',
        claim: 'every value of the graph is finite on the input range',
        expect: 'tested',
        status: 'failed',
        share: { reached: 0, required: 1 },
        executions: 1204,
      },
    ),
    property('unsure', [{ instance: 'input range', verdict: loose }], {
      status: 'failed',
      share: { reached: 0, required: 1 },
    }),
    property('only-tested', inputRange, {
      status: 'failed',
      share: { reached: 0, required: 1 },
      executions: 1204,
    }),
  ]),
  interrupted: run(
    [
      partlyProved,
      property(
        'cnn',
        [
          ...rows(2, tested),
          ...rows(3, { kind: 'unknown', reason: 'interrupted', detail: 'Ctrl-C after 2.1 s' }, 2),
        ],
        {
          expect: 'tested',
          status: 'failed',
          share: { reached: 0.4, required: 1 },
          executions: 120_320,
          fuzzing,
        },
      ),
    ],
    { interrupted: true, gate: 'failed', arithmetic: 'real' },
  ),
  gate: run(
    [
      property(
        'accepted',
        [
          ...rows(8, tested),
          { ...rows(1, violated(), 8)[0], accepted: { reason: 'known since spring' } } as InstanceReport,
          ...rows(1, loose, 9),
        ],
        { expect: 'tested', unknownPasses: true },
      ),
      property(
        'one-accepted',
        [{ instance: 'input range', verdict: violated({ row: null }), accepted: { reason: null } }],
        { kind: 'finite', expect: 'tested' },
      ),
      property('warned', [...rows(1, proved), ...rows(1, violated(), 1)], {
        severity: 'warning',
        status: 'failed',
        share: { reached: 0.5, required: 1 },
      }),
      property('barely-covered', rows(3, tested), {
        expect: 'tested',
        status: 'failed',
        fuzzing,
        coverageFloors: [
          { criterion: 'neuron-coverage', required: 0.9, reached: 0.8427 },
          { criterion: 'k-multisection', required: 0.1, reached: 0.25 },
        ],
      }),
      property('never-fuzzed', rows(3, proved), {
        expect: 'tested',
        status: 'failed',
        coverageFloors: [{ criterion: 'neuron-coverage', required: 0.3, reached: null }],
      }),
    ],
    {
      gate: 'failed',
      baseline: {
        file: 'specs/marauder-baseline.json',
        accepted: 2,
        strict: true,
        stale: [
          { property: 'accepted', instance: 'row 7', why: 'not-violated' },
          { property: 'gone', instance: 'row 0', why: 'no-property' },
        ],
      },
    },
  ),
  empty: run([], { gate: 'failed', interrupted: true }),
} satisfies Record<string, RunReport>;
