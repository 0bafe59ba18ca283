// What the kinds of property refuse beyond their schema, with its place.
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/base/user-error.js';
import { parsePolicy } from '../../../src/policy/parse.js';

const policyOf = (property: string): string =>
  [
    'version: 1',
    'models: { m: m.onnx }',
    'inputs: { range: [0, 1] }',
    'data: { d: { file: d.npz, labels: y } }',
    'properties:',
    `  - { name: p, model: m, data: d, expect: tested, ${property} }`,
  ].join('\n');

function messageOf(property: string): string {
  try {
    parsePolicy(policyOf(property), '/policy.yaml');
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return 'accepted';
}

const robust = (rest: string) => `kind: robustness, ${rest}`;
const moved = (rest: string) => `kind: perturbation, transform: { ${rest} }`;

describe('refused', () => {
  test.each([
    [robust('class: label'), 'expected one of linfEpsilon, l2Epsilon, l1Epsilon, found none'],
    [robust('l2Epsilon: 1, l1Epsilon: 2'), 'found l2Epsilon and l1Epsilon'],
    [robust('l2Epsilon: -1'), 'at least 0'],
    [robust('linfEpsilon: 0.1, topK: 2, target: 3'), 'topK and target ask different things'],
    [robust('linfEpsilon: 0.1, topK: 0'), 'at least 1'],
    [robust('linfEpsilon: 0.1, targets: []'), 'targets'],
    [moved(''), 'names no change'],
    [moved('border: 1'), 'names no change'],
    [moved('border: 1, blur: [0, 1]'), 'border needs rotation, scaling or translation'],
    [moved('rotation: [10, -10]'), 'write [-10, 10]'],
    [moved('translation: [[0, 1], [2, 1]]'), 'write [1, 2]'],
    [moved('scaling: [0, 1]'), 'below 0.01'],
    [moved('blur: [-1, 1]'), 'negative'],
    [moved('rotation: [-400, 0]'), 'more than a whole turn'],
    [moved('spin: [0, 1]'), 'unknown key "spin"'],
  ])('%s', (property, problem) => {
    const message = messageOf(property);
    expect(message).toContain(problem);
    expect(message).toMatch(/policy\.yaml:6:\d+/);
  });
});

describe('read', () => {
  const read = (property: string) => parsePolicy(policyOf(property), '/policy.yaml').properties[0];

  test('balls and demands of robustness', () => {
    expect(read(robust('l1Epsilon: 2, topK: 3'))).toMatchObject({
      ball: { norm: 'l1', epsilon: 2 },
      demand: { kind: 'wins', rank: 3 },
    });
    expect(read(robust('linfEpsilon: 0, targets: [4, 4, 2]'))).toMatchObject({
      ball: { norm: 'linf', epsilon: 0 },
      demand: { kind: 'loses', targets: [4, 2] },
    });
  });

  test('ranges of a transform as float32 numbers', () => {
    expect(read(moved('rotation: [-10, 0.1], occlusion: { size: [2, 3], value: 0.1 }'))).toMatchObject({
      linfEpsilon: 0,
      class: 'predicted',
      transform: {
        rotation: [-10, Math.fround(0.1)],
        border: 0,
        occlusion: { size: [2, 3], value: Math.fround(0.1) },
      },
    });
  });
});
