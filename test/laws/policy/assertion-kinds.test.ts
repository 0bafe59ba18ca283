// The kinds assert, range, confidence and vnnlib over small networks: what the search computes, what a proof excludes and what replay says
// are what the kind means, written down a second time, at points where everything is exact and ties are common.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { float32, int64 } from '../../../src/base/tensor.js';
import type { Subject } from '../../../src/cli/check/subject.js';
import { parseExpression } from '../../../src/policy/expression/parse.js';
import type { Disjunct } from '../../../src/policy/vnnlib/property.js';
import { Program } from '../../../src/program/program.js';
import { satisfies } from '../../../src/verify/decide/constraints.js';
import { inFloat64, truthOf } from '../../helpers/assertion-reference.js';
import { subjectOf } from '../../helpers/checking.js';
import { Draw } from '../../helpers/draw.js';
import { effort, SEED } from '../../helpers/laws.js';
import { type Dense, mlpModel } from '../../helpers/mlps.js';
import { compute, result } from '../../helpers/programs.js';

const [inputs, outputs] = [3, 3];

/** Whole numbers, so that outputs are exact at quarters. */
function network(draw: Draw) {
  const whole = (shape: number[]) =>
    float32(
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => draw.int(-2, 2)),
      shape,
    );
  const layer = (from: number, to: number): Dense => ({ weight: whole([from, to]), bias: whole([to]) });
  return mlpModel([layer(inputs, 4), layer(4, outputs)], ['batch', inputs]);
}

const quarter = (draw: Draw, from: number, to: number) => draw.int(from * 4, to * 4) / 4;

type Case = {
  readonly property: Readonly<Record<string, unknown>>;
  /** Whether an input of the range violates it, in plain words; undefined where the kind is not about it. */
  readonly violates: (x: readonly number[], y: readonly number[]) => boolean | undefined;
};

const pick = <T>(draw: Draw, from: readonly T[]): T => from[draw.int(0, from.length - 1)] as T;

const numeric = (draw: Draw): string =>
  pick(draw, [
    () => `x[${draw.int(0, 2)}]`,
    () => `y[${draw.int(0, 2)}]`,
    () => `y[${draw.int(0, 2)}] - ${draw.int(1, 3)} * y[${draw.int(0, 2)}]`,
    () => 'max(y)',
    () => 'min(y) + sum(x)',
    () => `abs(y[${draw.int(0, 2)}] - max(x[0], y[1], 0.5))`,
    () => `(y[0] + y[1]) / ${draw.int(2, 3)}`,
    () => `min(abs(y[0]), 2) - y[2]`,
  ])();

function condition(draw: Draw, depth: number): string {
  if (depth > 0 && draw.flag())
    return draw.int(0, 3) === 0
      ? `not (${condition(draw, depth - 1)})`
      : `(${condition(draw, depth - 1)} ${pick(draw, ['and', 'or', 'implies'])} ${condition(draw, depth - 1)})`;
  return pick(draw, [
    () => `${numeric(draw)} ${pick(draw, ['<', '<=', '>', '>=', '==', '!='])} ${numeric(draw)}`,
    () => `${quarter(draw, 0, 1)} <= ${numeric(draw)} < ${quarter(draw, 1, 2)}`,
    () =>
      `${pick(draw, ['argmax(y)', 'argmin(y)', 'argmin(x)'])} ${pick(draw, ['==', '!=', '<='])} ${draw.int(0, 2)}`,
    () => `argmax(y) ${pick(draw, ['==', '!=', '>'])} argmin(y)`,
    () => `${pick(draw, ['0', '2', 'argmin(y)', 'argmax(x)'])} in top(${draw.int(1, 3)})`,
  ])();
}

const assumption = (draw: Draw): string =>
  pick(draw, [
    '-0.5 <= x[0] < 0.5',
    'x[0] > 0.25 or x[1] <= -0.5',
    'x[0] + x[2] <= 0.5 and x[1] >= -0.75',
    'not (abs(x[1]) < 0.5)',
    'argmax(x) == 1',
  ]);

const truth = (text: string, x: readonly number[], y: readonly number[]) =>
  truthOf(parseExpression(text).assertion, { x, y, label: 0 }, inFloat64);

const assumed = (draw: Draw) => (draw.flag() ? assumption(draw) : undefined);

const generators: Readonly<Record<string, (draw: Draw) => Case>> = {
  assert: (draw) => {
    const [assume, assert] = [assumed(draw), condition(draw, 2)];
    return {
      property: { kind: 'assert', model: 'm0', data: undefined, assert, assume },
      violates: (x, y) =>
        assume !== undefined && truth(assume, x, y) !== true ? undefined : truth(assert, x, y) !== true,
    };
  },
  range: (draw) => {
    const assume = assumed(draw);
    const [lower, upper] = pick(draw, [
      [-2, 3],
      [undefined, 1],
      [0, undefined],
      [-1.5, 1.5],
    ] as const);
    const chosen = pick(draw, [undefined, [0], [1, 2]]);
    return {
      property: { kind: 'range', model: 'm0', data: undefined, lower, upper, outputs: chosen, assume },
      violates: (x, y) =>
        assume !== undefined && truth(assume, x, y) !== true
          ? undefined
          : (chosen ?? [0, 1, 2]).some((at) => {
              const value = y[at] ?? Number.NaN;
              return (lower !== undefined && value < lower) || (upper !== undefined && value > upper);
            }),
    };
  },
  confidence: (draw) => {
    const threshold = pick(draw, [0.5, 0.9, 0.99]);
    const output = pick(draw, ['logits', 'probabilities'] as const);
    return {
      property: { kind: 'confidence', model: 'm0', data: undefined, threshold, output },
      violates: (_, y) => {
        const total = y.reduce((sum, value) => sum + Math.exp(value), 0);
        return y.some((value) => (output === 'logits' ? Math.exp(value) / total : value) > threshold);
      },
    };
  },
  vnnlib: (draw) => {
    const disjuncts = Array.from({ length: draw.int(1, 3) }, () => ({
      box: [quarter(draw, -1, 0), quarter(draw, 0, 1)] as const,
      parts: Array.from({ length: draw.int(1, 2) }, () => ({
        sign: pick(draw, ['<=', '>=', '<']),
        a: draw.int(0, 2),
        b: draw.int(0, 2),
        bound: quarter(draw, -1, 1),
      })),
    }));
    const declared = [0, 1, 2].flatMap((at) => [
      `(declare-const X_${at} Real)`,
      `(declare-const Y_${at} Real)`,
    ]);
    const text = disjuncts.map(({ box: [lower, upper], parts }) => {
      const bounds = [0, 1, 2].map((at) => `(>= X_${at} ${lower}) (<= X_${at} ${upper})`);
      return `(and ${bounds.join(' ')} ${parts.map(({ sign, a, b, bound }) => `(${sign} (+ Y_${a} ${bound}) (* 2 Y_${b}))`).join(' ')})`;
    });
    const file = join(mkdtempSync(join(tmpdir(), 'marauder-vnnlib-')), 'p.vnnlib');
    writeFileSync(file, `${declared.join('\n')}\n(assert (or ${text.join('\n')}))\n`);
    const within = (x: readonly number[], lower: number, upper: number) =>
      x.every((value) => value >= lower && value <= upper);
    const compare = {
      '<=': (u: number, v: number) => u <= v,
      '>=': (u: number, v: number) => u >= v,
      '<': (u: number, v: number) => u < v,
    };
    return {
      property: { kind: 'vnnlib', model: 'm0', data: undefined, file },
      violates: (x, y) =>
        disjuncts.some(
          ({ box: [lower, upper], parts }) =>
            within(x, lower, upper) &&
            parts.every(({ sign, a, b, bound }) =>
              compare[sign as keyof typeof compare]((y[a] ?? 0) + bound, 2 * (y[b] ?? 0)),
            ),
        ),
    };
  },
};

const points = 250;

async function searched(subject: Subject, xs: readonly (readonly number[])[]): Promise<boolean[]> {
  const p = new Program();
  const x = p.input('x', 'float32', ['batch', inputs]);
  const { violated } = subject.encode(p, x, p.input('target', 'int64', ['batch']));
  const feeds = { x: float32(xs.flat(), [xs.length, inputs]), target: int64(xs.map(() => 0)) };
  return Array.from(result(await compute(p, { violated }, feeds), 'violated').data, Number).map(
    (bit) => bit === 1,
  );
}

const isInside = ({ lower, upper }: Pick<Disjunct, 'lower' | 'upper'>, x: readonly number[]) =>
  x.every((value, at) => value >= (lower[at] ?? 0) && value <= (upper[at] ?? 0));

/** The kind's own set: where an assumption leaves nothing of it, there is no subject. */
async function openCase(draw: Draw, kind: string) {
  for (;;) {
    const made = generators[kind]?.(draw);
    if (made === undefined) throw new Error(kind);
    const setting = {
      files: [network(draw)],
      rows: [[0, 0, 0]],
      range: [-1, 1] as const,
      property: made.property,
    };
    const subject = await subjectOf(setting);
    return { ...made, subject };
  }
}

/** How many of the points are violations, and how many disagree between a proof's disjuncts and what the kind means. */
async function compared(draw: Draw, kind: string, change: (disjunct: Disjunct) => Disjunct) {
  const { subject, violates } = await openCase(draw, kind);
  const decides = subject.decides?.();
  const xs = Array.from({ length: points }, () => Array.from({ length: inputs }, () => quarter(draw, -1, 1)));
  const seen = await searched(subject, xs);
  const set = {
    lower: Float64Array.from(subject.set.lower.data),
    upper: Float64Array.from(subject.set.upper.data),
  };
  const unsafe = decides?.disjuncts(0).map(change) ?? [];
  let [violations, wrong] = [0, 0];
  for (const [at, x] of xs.entries()) {
    const input = Float32Array.from(x);
    const model = subject.models[0];
    const y = Array.from((await model?.executable.run(float32(input, [1, inputs])))?.data ?? [], Number);
    const expected = violates(x, y);
    if (expected === true) violations++;
    // What the assumption leaves out is no violation, and what it leaves is in the set.
    if (expected !== undefined && kind !== 'vnnlib') expect(isInside(set, x)).toBe(true);
    // The search stays inside the set.
    if (isInside(set, x))
      expect([kind, subject.claim, x, seen[at]]).toEqual([kind, subject.claim, x, expected === true]);
    expect((await subject.replay(input, 0)).violated).toBe(expected === true);
    const proved = (await decides?.run(input)) ?? [];
    const excluded = unsafe.some((disjunct) => isInside(disjunct, x) && satisfies(disjunct, x, proved));
    if (excluded !== (expected === true)) wrong++;
  }
  return { violations, wrong };
}

const same = (disjunct: Disjunct) => disjunct;

describe.each(Object.keys(generators))('%s', (kind) => {
  test('search, proof and replay mean the same', async () => {
    const draw = new Draw(SEED);
    let [violations, all] = [0, 0];
    const cases = effort(2);
    for (let run = 0; run < cases; run++) {
      const found = await compared(draw, kind, same);
      expect(found.wrong).toBe(0);
      violations += found.violations;
      all += points;
    }
    // The law was tried on either side.
    expect(violations).toBeGreaterThan(all / 100);
    expect(violations).toBeLessThan(all);
  });
});

test('a proof that takes strict for not strict is found out', async () => {
  const draw = new Draw(SEED);
  let wrong = 0;
  const flipped = (disjunct: Disjunct): Disjunct => ({
    ...disjunct,
    constraints: disjunct.constraints.map((constraint) => ({ ...constraint, strict: !constraint.strict })),
  });
  for (let run = 0; run < 3; run++) wrong += (await compared(draw, 'assert', flipped)).wrong;
  expect(wrong).toBeGreaterThan(0);
});
