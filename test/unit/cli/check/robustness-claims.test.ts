// What a certificate of robustness claims. A claim without a way to violate it would be proved by anything.
import { expect, test } from 'vitest';
import { float32 } from '../../../../src/base/tensor.js';
import { subjectOf } from '../../../helpers/checking.js';
import { mlpModel } from '../../../helpers/mlps.js';

const classes = 13;

/** y = x. */
const identity = () => {
  const weight = Float32Array.from({ length: classes ** 2 }, (_, at) => Number(at % (classes + 1) === 0));
  return mlpModel([{ weight: float32(weight, [classes, classes]), bias: undefined }], ['batch', classes]);
};

const opened = (keys: Readonly<Record<string, unknown>>) =>
  subjectOf({
    files: [identity()],
    rows: [Array.from({ length: classes }, (_, at) => at / classes)],
    range: [0, 1],
    property: { kind: 'robustness', model: 'm0', data: 'rows', expect: 'proved', ...keys },
  });

test('each rival is a way to violate it', async () => {
  const { claims } = await opened({ linfEpsilon: 0.01 });
  expect(claims?.map(({ disjuncts }) => disjuncts(0).length)).toEqual([classes - 1]);
});

test('of more ways than can be listed there is no claim, and nothing to branch on', async () => {
  const { claims, decides } = await opened({ linfEpsilon: 0.01, topK: 4 });
  expect(claims).toBeUndefined();
  expect(decides).toThrow('too many sets of classes');
});

test('of a ball there is none', async () => {
  const { claims, decides } = await opened({ l2Epsilon: 0.01 });
  expect([claims, decides]).toEqual([undefined, undefined]);
});
