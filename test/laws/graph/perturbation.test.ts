// A transform has one meaning: in the words of docs/policy.md, in the arithmetic of replay, and as nodes in front of a model. And bounds
// contain the images of replay with zero tolerance.
import { describe, expect, test } from 'vitest';
import { float32 } from '../../../src/base/tensor.js';
import { normalise } from '../../../src/graph/passes/index.js';
import { perturbed } from '../../../src/graph/perturbation/perturbed.js';
import { transformed, valuesOf } from '../../../src/graph/perturbation/reference.js';
import {
  type Perturbation,
  parametersOf,
  type Transform,
} from '../../../src/graph/perturbation/transform.js';
import type { TypedModel } from '../../../src/graph/typed-model.js';
import { lowerModel } from '../../../src/ops/lower-model.js';
import { compile } from '../../../src/program/compile.js';
import { Program } from '../../../src/program/program.js';
import { boundOutputs } from '../../../src/verify/output-bounds.js';
import { openBounder, violations } from '../../helpers/bounding.js';
import { Draw } from '../../helpers/draw.js';
import { effort } from '../../helpers/laws.js';
import { modelOf } from '../../helpers/models.js';
import { opened } from '../../helpers/opened.js';
import { parametersFrom, perturbationFrom, slowly, sourceFrom } from '../../helpers/perturbations.js';
import { inline } from '../../helpers/programs.js';

const pointsPerCase = 25;

type Case = {
  readonly how: Perturbation;
  readonly size: number;
  /** Image shape of the model's input. */
  readonly model: TypedModel;
  readonly inputs: Float32Array[];
};

async function caseOf(draw: Draw, flat = false, side?: number, transform?: Transform): Promise<Case> {
  const drawn = perturbationFrom(draw, side);
  const how = transform === undefined ? drawn : { ...drawn, transform };
  const { channels, height, width, order } = how.image;
  const shapes = { CHW: [channels, height, width], HWC: [height, width, channels], HW: [height, width] };
  const size = channels * height * width;
  const { model } = await opened(
    modelOf(['batch', ...(flat ? [size] : shapes[order])], [['Flatten', ['x'], 'y']]),
  );
  const inputs = Array.from({ length: pointsPerCase }, () =>
    Float32Array.of(...parametersFrom(draw, how), ...sourceFrom(draw, how)),
  );
  return { how, size, model: perturbed(normalise(model), how), inputs };
}

const imageOf = (how: Perturbation, input: Float32Array): Float32Array =>
  transformed(how, valuesOf(how, input), input.subarray(parametersOf(how).length));

async function compiled({ model, inputs }: Case): Promise<Float32Array> {
  const p = new Program();
  const width = inputs[0]?.length ?? 0;
  const { output } = lowerModel(p, model, p.input('x', 'float32', ['batch', width]));
  const session = await compile(p, { output }, inline);
  const x = float32(
    inputs.flatMap((input) => Array.from(input)),
    [inputs.length, width],
  );
  return (await session.run({ x })).output?.data as Float32Array;
}

describe('a transform of an image', () => {
  test('is the same in words, in replay and in front of a model', async () => {
    const draw = new Draw(31);
    for (let run = 0; run < effort(8); run++) {
      const one = await caseOf(draw, draw.flag());
      const seen = await compiled(one);
      one.inputs.forEach((input, row) => {
        const values = valuesOf(one.how, input);
        const source = input.subarray(parametersOf(one.how).length);
        const image = imageOf(one.how, input);
        slowly(one.how, values, source).forEach((value, at) => {
          expect(Math.abs((image[at] ?? Number.NaN) - value)).toBeLessThan(2 ** -23);
          expect(Math.abs((seen[row * one.size + at] ?? Number.NaN) - value)).toBeLessThan(2 ** -16);
        });
      });
    }
  });
});

/** Elements of images of replay that are outside of the bounds on a box around some of them. */
async function escapes(one: Case, method: 'ibp' | 'crown') {
  const { how, model, inputs, size } = one;
  const used = inputs.slice(0, 3);
  const width = inputs[0]?.length ?? 0;
  const side = (pick: (...values: number[]) => number) =>
    float32(
      Array.from({ length: width }, (_, at) => pick(...used.map((input) => input[at] ?? 0))),
      [1, width],
    );
  const box = { lower: side(Math.min), upper: side(Math.max) };
  const options = { method, arithmetic: 'deployed', memoryBytes: 2 ** 28 } as const;
  const { lower, upper } = await boundOutputs(model, box, options, inline);
  let count = 0;
  for (const input of used) {
    const inside = input.map((value, at) =>
      Math.min(Math.max(value, box.lower.data[at] ?? 0), box.upper.data[at] ?? 0),
    );
    imageOf(how, inside).forEach((value, at) => {
      if (!(value >= (lower.data[at] ?? 0) && value <= (upper.data[at] ?? 0))) count++;
    });
  }
  const known = lower.data.filter(Number.isFinite).length;
  return { count, known, size };
}

describe('bounds', () => {
  test('intervals contain the images that replay feeds the model', async () => {
    const draw = new Draw(32);
    for (let run = 0; run < effort(8); run++) {
      const { count, known, size } = await escapes(await caseOf(draw, true), 'ibp');
      expect(count).toBe(0);
      expect(known).toBe(size);
    }
  });

  test('linear bounds, too', async () => {
    const draw = new Draw(33);
    // Every step takes programs of its own: two of them, on the smallest image.
    const light = { border: 0, rotation: [-10, 20], contrast: [0.75, 1.25] } as const;
    for (let run = 0; run < effort(1); run++) {
      const { count, known, size } = await escapes(await caseOf(draw, true, 2, light), 'crown');
      expect(count).toBe(0);
      expect(known).toBe(size);
    }
  });

  test('a transform without its rounding would be caught', async () => {
    const draw = new Draw(34);
    const outside = { deployed: 0, real: 0 };
    for (let run = 0; run < 3; run++) {
      const { how: drawn, size } = await caseOf(draw, true, 3);
      const transform = { border: 0, contrast: [0.75, 1.25] as const, brightness: [-0.125, 0.125] as const };
      const how = { ...drawn, transform };
      const { model } = await opened(modelOf(['batch', size], [['Flatten', ['x'], 'y']]));
      const input = Float32Array.of(...parametersFrom(draw, how), ...sourceFrom(draw, how));
      const point = float32(input, [1, input.length]);
      for (const arithmetic of ['deployed', 'real'] as const) {
        const bounder = await openBounder(perturbed(normalise(model), how), 'float64', inline, arithmetic);
        const bounds = await bounder({ lower: point, upper: point });
        outside[arithmetic] += violations(bounds, imageOf(how, input)).length;
      }
    }
    expect(outside.deployed).toBe(0);
    expect(outside.real).toBeGreaterThan(0);
  });
});
