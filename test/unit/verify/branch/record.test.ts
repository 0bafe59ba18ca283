// Records of a search take no more than they may: what is not kept is a leaf without choices.
import { expect, test } from 'vitest';
import {
  cutRecord,
  leafRecord,
  newRecord,
  proofOf,
  signRecord,
} from '../../../../src/verify/branch/record.js';

const choice = () => ({ weights: [1], slopes: new Uint16Array(100), multipliers: [] });

test('with an allowance everything is kept', () => {
  const root = newRecord({ bytes: 1e6 });
  const [left, right] = cutRecord(root, 0, 0.5);
  leafRecord(left, choice);
  signRecord(right, 3);
  expect(proofOf(root)).toMatchObject({
    kind: 'cut',
    left: { kind: 'leaf', choice: { weights: [1] } },
    right: { kind: 'sign', place: 3, positive: { kind: 'leaf' }, negative: { kind: 'leaf' } },
  });
});

test('without, parts are leaves without choices, of all records that share it', () => {
  const allowance = { bytes: 600 };
  const [root, other] = [newRecord(allowance), newRecord(allowance)];
  const [left] = cutRecord(root, 0, 0.5);
  leafRecord(left, choice);
  signRecord(other, 3);
  expect(allowance.bytes).toBeGreaterThanOrEqual(0);
  expect(proofOf(root)).toMatchObject({ kind: 'cut', left: { kind: 'leaf' } });
  expect(proofOf(left)).toEqual({ kind: 'leaf' });
  expect(proofOf(other)).toMatchObject({ kind: 'sign' });
  expect(proofOf(signRecord(other, 4)[0])).toEqual({ kind: 'leaf' });
  expect(cutRecord(newRecord(allowance), 1, 0).map((record) => proofOf(record))).toEqual([
    { kind: 'leaf' },
    { kind: 'leaf' },
  ]);
});
