// A property and the models that it is given: every mismatch is said.
import { expect, test } from 'vitest';
import { type Given, requireFit } from '../../../../src/cli/prove/fit.js';
import type { Model } from '../../../../src/graph/graph.js';
import { parseVnnlib } from '../../../../src/policy/vnnlib/parse.js';
import { Draw } from '../../../helpers/draw.js';
import { mlp } from '../../../helpers/mlps.js';
import { modelOf } from '../../../helpers/models.js';
import { opened } from '../../../helpers/opened.js';
import { failureOf } from '../../policy/helpers.js';

const draw = new Draw(2);
const dense = (): Model => modelOf(['batch', 2], [['MatMul', ['x', 'w'], 'y']], { w: draw.tensor([2, 3]) });
const wide = mlp(draw, [2, 4, 3], 'normal').model;

const network = (name: string, relation: string, inputs = '[1,2]', outputs = '[1,3]', more = '') =>
  `(declare-network ${name} ${relation} (declare-input X_${name} real ${inputs})${more}(declare-output Y_${name} real ${outputs}))`;

async function failure(declarations: readonly string[], files: readonly Model[]) {
  const names = declarations.map((each) => /X_(\w+) real \[[\d,]*(\d)\]/.exec(each));
  const bounds = names.flatMap((found) =>
    Array.from({ length: Number(found?.[2]) }, (_, at) => {
      const element = `X_${found?.[1]}[0,${at}]`;
      return `(assert (and (<= ${element} 1) (>= ${element} 0)))`;
    }),
  );
  const property = parseVnnlib(`(vnnlib-version <2.0>)${[...declarations, ...bounds].join('')}`, 'p.vnnlib');
  const given: Given[] = [];
  for (const [at, each] of property.networks.entries()) {
    const { model } = await opened(files[at] ?? dense());
    given.push({ network: each, file: `${each.name}.onnx`, typed: model });
  }
  return failureOf(() => requireFit(property, given));
}

test.each<[string, string[], Model[], string, RegExp]>([
  [
    'inputs',
    [network('f', ''), network('g', '', '[1,3]')],
    [dense(), dense()],
    'INVALID_PROPERTY',
    /network "g" declares 3 input elements, and g\.onnx has 2: "x"/,
  ],
  [
    'outputs',
    [network('f', '', '[1,2]', '[1,2]')],
    [dense()],
    'INVALID_PROPERTY',
    /^it declares 2 output elements, and f\.onnx has 3/,
  ],
  [
    'another structure',
    [network('f', ''), network('g', '(isomorphic-to f)')],
    [dense(), wide],
    'INVALID_PROPERTY',
    /network "g" is isomorphic-to f, but g\.onnx has another structure than f\.onnx: /,
  ],
  [
    'a hidden value',
    [network('f', '', '[1,2]', '[1,3]', '(declare-hidden H real [1] "h")')],
    [dense()],
    'UNSUPPORTED_MODEL',
    /value inside the network, "H"/,
  ],
  [
    'a name of the file',
    [network('f', '').replace('X_f real [1,2]', 'X_f real [1,2] "z"').replace('[1,3]', '[1,3] "y"')],
    [dense()],
    'UNSUPPORTED_MODEL',
    /declares inputs "z", and f\.onnx has "x"/,
  ],
  [
    'a name of an output',
    [network('f', '').replace('X_f real [1,2]', 'X_f real [1,2] "x"').replace('[1,3]', '[1,3] "z"')],
    [dense()],
    'UNSUPPORTED_MODEL',
    /declares outputs "z", and f\.onnx has "y"/,
  ],
])('%s', async (_, declarations, files, code, problem) => {
  const found = await failure(declarations, files);
  expect(found.code).toBe(code);
  expect(found.where).toBe('p.vnnlib');
  expect(found.problem).toMatch(problem);
  expect(found.hint?.length).toBeGreaterThan(10);
});

test('networks that fit, of the same structure, and names that agree', async () => {
  const named = network('f', '')
    .replace('X_f real [1,2]', 'X_f real [1,2] "x"')
    .replace('[1,3]', '[1,3] "y"');
  await expect(failure([named, network('g', '(isomorphic-to f)')], [dense(), dense()])).rejects.toThrow(
    'no error was thrown',
  );
});
