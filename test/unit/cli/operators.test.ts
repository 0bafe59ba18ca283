// `marauder operators` against nodes: what the table says of an operator is so for some node that uses it.
import { describe, expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { isFloat } from '../../../src/base/dtype.js';
import { operatorRows, runOperators } from '../../../src/cli/operators.js';
import type { TypedModel } from '../../../src/graph/typed-model.js';
import { boundModel } from '../../../src/ops/bound-model.js';
import { lowerModel } from '../../../src/ops/lower-model.js';
import { operators } from '../../../src/ops/operators/index.js';
import { stepOf } from '../../../src/ops/relax-model.js';
import { createRounding } from '../../../src/ops/rounding.js';
import { compile } from '../../../src/program/compile.js';
import { grad } from '../../../src/program/grad.js';
import { Program } from '../../../src/program/program.js';
import { Draw } from '../../helpers/draw.js';
import { quietIo } from '../../helpers/io.js';
import { modelOf } from '../../helpers/models.js';
import { inline } from '../../helpers/programs.js';
import { type Fixture, fixtures } from '../../laws/ops/fixtures.js';

const mostDraws = 16;

function modelOfDraw(fixture: Fixture, seed: number): Promise<TypedModel> {
  const opset = fixture.opsets.at(-1) ?? 17;
  const { shape, node, before = [], constants } = fixture.draw(new Draw(seed), 'normal', opset);
  const file = modelOf(['batch', ...shape], [...before, node], constants, opset);
  return discoverTypes(file, 'one.onnx', inline);
}

async function hasGradient(model: TypedModel): Promise<boolean> {
  const p = new Program();
  const x = p.input('x', 'float32', model.input.shape);
  const { output } = lowerModel(p, model, x);
  if (!isFloat(output.dtype)) return false;
  // Weights of their own: the outputs of a Softmax have a constant sum.
  const weights = new Draw(8).tensor(output.shape.map((dim) => (typeof dim === 'number' ? dim : 1)));
  const [dx] = grad(p, p.mul(output, p.constant(weights)), [x]);
  if (dx === undefined) return false;
  const session = await compile(p, { dx }, inline);
  const shape = [1, ...model.input.shape.slice(1).map(Number)];
  const { data } = (await session.run({ x: new Draw(9).tensor(shape) })).dx ?? { data: [] };
  return Array.from(data, Number).some((value) => value !== 0);
}

function isLinear(model: TypedModel): boolean {
  const p = new Program();
  const input = (name: string) => p.input(name, 'float32', [1, ...model.input.shape.slice(1)]);
  const box = { lower: input('lower'), upper: input('upper') };
  const bounded = boundModel(p, model, box, createRounding('float32', 'deployed'));
  bounded.bounds('y');
  const context = bounded.contextOf('y');
  return context !== undefined && stepOf(bounded, 'y', context).parts.length > 0;
}

const rows = operatorRows();

test('every operator has a row', () => {
  expect(rows.map(({ name }) => name)).toEqual(Object.keys(operators));
});

/** They give shapes, and are folded away before any rule is asked. */
const folded = ['ConstantOfShape', 'Shape', 'Size'];

/** Their fixtures draw indices that stand for every row of a batch, or come from the input: intervals serve there. */
const byIndex = ['GatherElements', 'GatherND', 'ScatterElements'];

describe.each(rows.filter(({ name }) => ![...folded, ...byIndex].includes(name)))(
  '$name',
  ({ name, ...claimed }) => {
    test('is as the table says', async () => {
      const fixture: Fixture = fixtures[name as keyof typeof fixtures];
      const found = { gradient: 'zero', linear: false };
      for (let seed = 1; seed <= mostDraws; seed++) {
        const model = await modelOfDraw(fixture, seed);
        if (found.gradient === 'zero' && (await hasGradient(model))) found.gradient = 'yes';
        if (!found.linear) found.linear = isLinear(model);
        // What has neither gets a few more tries to show one.
        const asClaimed = found.gradient === claimed.gradient && found.linear === claimed.linear;
        if (asClaimed && (seed >= 2 || (found.gradient === 'yes' && found.linear))) break;
      }
      expect(found).toEqual({ gradient: claimed.gradient, linear: claimed.linear });
      expect(claimed.intervals).toBe(true);
    });
  },
);

test('as JSON and as a table', async () => {
  const [json, text] = [quietIo('.'), quietIo('.')];
  await runOperators({ json: true }, json.io);
  await runOperators({ json: false }, text.io);
  expect(JSON.parse(json.printed())).toEqual({ schemaVersion: 1, operators: rows });
  expect(text.printed()).toMatch(/^Operator +Run +Gradient +Intervals +Linear +Certificate\n/);
  expect(text.printed()).toMatch(/^Relu +yes +yes +yes +yes +yes$/m);
});
