// Quantised networks: bounds contain what ONNX Runtime's fused integer kernels compute, which round in other ways than the nodes
// of the file. Zero tolerance. Where they are known to differ, the test sees to it that they do.
import { describe, expect, test } from 'vitest';
import { float32, int64, type Tensor, tensor } from '../../src/base/tensor.js';
import { lowerModel } from '../../src/ops/lower-model.js';
import { greatestSafeWeight } from '../../src/ops/saturation.js';
import { compile } from '../../src/program/compile.js';
import { encodeModel } from '../../src/program/emit.js';
import { grad } from '../../src/program/grad.js';
import { Program } from '../../src/program/program.js';
import { numbersOf, openBounder, rowOf, samplesOf, violations } from '../helpers/bounding.js';
import { Draw } from '../helpers/draw.js';
import { modelOf, type NodeShorthand, scalar } from '../helpers/models.js';
import { opened } from '../helpers/opened.js';
import { inline } from '../helpers/programs.js';

const shape = [2, 4, 4];
const boxCount = 40;
const pointCount = 24;

/** Nodes and constants of one quantised network, written down step by step. */
class Network {
  readonly nodes: NodeShorthand[] = [];
  readonly constants: Record<string, Tensor> = {};

  add(type: string, inputs: readonly string[], output: string, attributes: NodeShorthand[3] = {}): string {
    this.nodes.push([type, inputs, output, attributes]);
    return output;
  }

  constant(name: string, value: Tensor): string {
    this.constants[name] = value;
    return name;
  }

  /** QuantizeLinear and DequantizeLinear, to uint8. */
  through(x: string, scale: number, zero: number, output: string): string {
    const grid = [
      this.constant(`${output}_s`, scalar(scale)),
      this.constant(`${output}_z`, tensor('uint8', [], Uint8Array.of(zero))),
    ];
    return this.add(
      'DequantizeLinear',
      [this.add('QuantizeLinear', [x, ...grid], `${output}_q`), ...grid],
      output,
    );
  }

  /** int8 weights behind a DequantizeLinear. */
  weight(draw: Draw, dims: readonly number[], scale: number, greatest = greatestSafeWeight): string {
    const size = dims.reduce((product, dim) => product * dim, 1);
    const values = Int8Array.from(draw.ints(size, -greatest, greatest));
    // Neighbours at the limit, whatever was drawn.
    values.fill(greatest, 0, 2);
    const w = this.constant('w_q', tensor('int8', dims, values));
    const grid = [
      this.constant('w_s', scalar(scale)),
      this.constant('w_z', tensor('int8', [], Int8Array.of(0))),
    ];
    return this.add('DequantizeLinear', [w, ...grid], 'w');
  }
}

const step = 0.0156;
/** x, quantised; then the operator; then its result, quantised. */
const around =
  (type: string, attributes: NodeShorthand[3], scale: number, zero: number) => (net: Network) => {
    const result = net.add(type, [net.through('x', step, 128, 'a')], 'c', attributes);
    net.through(result, scale, zero, 'y');
  };

const withWeights =
  (type: string, dims: readonly number[], attributes?: NodeShorthand[3]) => (net: Network, draw: Draw) => {
    const inputs = [net.through('x', step, 128, 'a'), net.weight(draw, dims, 0.01)];
    net.through(net.add(type, inputs, 'c', attributes), 0.0371, 120, 'y');
  };

const ofTwo = (type: string, attributes?: NodeShorthand[3]) => (net: Network) => {
  const other = net.through(net.add('Exp', ['x'], 'e'), 0.029, 3, 'b');
  net.through(net.add(type, [net.through('x', step, 128, 'a'), other], 'c', attributes), 0.0371, 100, 'y');
};

type Case = {
  readonly build: (net: Network, draw: Draw) => void;
  /** The fused kernel gives other numbers than the nodes, somewhere in these samples. */
  readonly differs?: true;
};

const cases: Readonly<Record<string, Case>> = {
  QLinearConv: { build: withWeights('Conv', [3, 2, 3, 3]) },
  QLinearMatMul: { build: withWeights('MatMul', [4, 3]) },
  MatMulIntegerToFloat: {
    differs: true,
    build: (net, draw) => {
      net.add('MatMul', [net.through('x', step, 128, 'a'), net.weight(draw, [4, 3], 0.01)], 'y');
    },
  },
  QGemm: {
    differs: true,
    build: (net, draw) => {
      const flat = net.add('Reshape', ['x', net.constant('to', int64([0, 32]))], 'r');
      net.add('Gemm', [net.through(flat, step, 128, 'a'), net.weight(draw, [32, 3], 0.01)], 'y');
    },
  },
  QLinearAdd: { build: ofTwo('Add') },
  QLinearMul: { build: ofTwo('Mul') },
  QLinearConcat: { build: ofTwo('Concat', { axis: 1 }) },
  QLinearSigmoid: { build: around('Sigmoid', {}, 1 / 256, 0) },
  QLinearLeakyRelu: { build: around('LeakyRelu', { alpha: { float: 0.1 } }, 0.009, 40) },
  'QLinearSoftmax, a step of 1/256': { build: around('Softmax', { axis: -1 }, 1 / 256, 0) },
  'QLinearSoftmax, another step': { build: around('Softmax', { axis: -1 }, 0.0041, 0), differs: true },
  QLinearAveragePool: { build: around('AveragePool', { kernel_shape: [2, 2] }, step, 128), differs: true },
  QLinearGlobalAveragePool: { build: around('GlobalAveragePool', {}, step, 128), differs: true },
  'two grids, one after the other': {
    differs: true,
    build: (net) => {
      net.through(net.through('x', 0.017, 100, 'a'), 0.0123, 20, 'y');
    },
  },
  'two grids, the second one coarser': {
    differs: true,
    build: (net) => {
      net.through(net.add('Identity', [net.through('x', 0.0091, 100, 'a')], 'i'), 0.0323, 20, 'y');
    },
  },
  'one grid, twice': {
    build: (net) => {
      net.through(net.through('x', 0.017, 100, 'a'), 0.017, 100, 'y');
    },
  },
};

async function sampled({ build }: Case, seed: number) {
  const draw = new Draw(seed);
  const net = new Network();
  build(net, draw);
  const file = modelOf(['batch', ...shape], net.nodes, net.constants, 17);
  const { model, run } = await opened(file);
  const plain = await inline.open(encodeModel(file), 'disabled');
  const boxes = draw.boxes(boxCount, shape, draw.pick(['normal', 'degenerate']));
  const bounds = await Promise.all(
    (['float32', 'float64'] as const).map(async (dtype) => (await openBounder(model, dtype, inline))(boxes)),
  );
  const tally = { outside: [] as string[], different: 0, known: 0 };
  const size = shape.reduce((product, dim) => product * dim, 1);
  for (let box = 0; box < boxCount; box++) {
    const side = ({ data }: Tensor<'float32'>) => data.subarray(box * size, (box + 1) * size);
    const points = samplesOf(side(boxes.lower), side(boxes.upper), shape, pointCount, draw.uniform);
    const outputs = await run(points);
    const unfused = (await plain.run({ x: points })).y?.data ?? [];
    tally.different += Array.from(outputs).filter((y, at) => y !== unfused[at]).length;
    for (const each of bounds) {
      const own = rowOf(each, box, boxCount);
      tally.known += Array.from(own.upper).filter(Number.isFinite).length;
      const width = outputs.length / pointCount;
      for (let at = 0; at < outputs.length; at += width)
        tally.outside.push(...violations(own, outputs.subarray(at, at + width)));
    }
  }
  return tally;
}

describe.each(Object.entries(cases))('%s', (_name, own) => {
  test('fused or not, results stay inside the bounds', async () => {
    let different = 0;
    for (let seed = 1; seed <= 4; seed++) {
      const tally = await sampled(own, seed);
      expect(tally.outside.slice(0, 3)).toEqual([]);
      expect(tally.known).toBeGreaterThan(0);
      different += tally.different;
    }
    if (own.differs) expect(different).toBeGreaterThan(0);
  });
});

describe('weights that saturate in pairs on processors without VNNI', () => {
  const wide = (type: string, dims: readonly number[], between?: NodeShorthand[0]) => {
    const [net, draw] = [new Network(), new Draw(1)];
    const x = net.through('x', step, 128, 'a');
    const weight = net.weight(draw, dims, 0.01, greatestSafeWeight + 1);
    const moved = between === undefined ? weight : net.add(between, [weight], 'moved');
    net.through(net.add(type, [x, moved], 'c'), 0.0371, 120, 'y');
    return modelOf(['batch', ...shape], net.nodes, net.constants, 17);
  };
  test.each([
    ['Conv', [3, 2, 3, 3]],
    ['MatMul', [4, 4]],
    ['MatMul', [4, 4], 'Transpose'],
  ] as const)('%s %j %s has no bounds', async (type, dims, between?: string) => {
    const { model } = await opened(wide(type, dims, between));
    await expect(openBounder(model, 'float32', inline)).rejects.toThrow('saturate');
  });
});

test('gradients see through rounding, up to where values are clipped', async () => {
  const net = new Network();
  net.through('x', 0.01, 100, 'y');
  const { model } = await opened(modelOf(['batch', ...shape], net.nodes, net.constants, 17));
  const p = new Program();
  const x = p.input('x', 'float32', ['batch', ...shape]);
  const [dx = x] = grad(p, lowerModel(p, model, x).output, [x]);
  const points = float32(
    Float32Array.from({ length: 32 }, (_, at) => (at < 16 ? at / 16 : 2 + at)),
    [1, ...shape],
  );
  const { dx: slopes } = await (await compile(p, { dx }, inline)).run({ x: points });
  Array.from(numbersOf(slopes)).forEach((slope, at) => {
    expect(slope).toBeCloseTo(at < 16 ? 1 : 0, 6);
  });
});

test('quantising again on the same grid widens nothing', async () => {
  const widths = async (build: Case['build']) => {
    const draw = new Draw(1);
    const net = new Network();
    build(net, draw);
    const { model } = await opened(modelOf(['batch', ...shape], net.nodes, net.constants, 17));
    const { lower, upper } = await (await openBounder(model, 'float32', inline))(
      draw.boxes(boxCount, shape, 'normal'),
    );
    return Array.from(upper, (most, at) => Math.round((most - (lower[at] ?? 0)) / 0.017));
  };
  const once = await widths((net) => net.through('x', 0.017, 100, 'y'));
  expect(once.some((steps) => steps > 0)).toBe(true);
  expect(await widths((net) => net.through(net.through('x', 0.017, 100, 'a'), 0.017, 100, 'y'))).toEqual(
    once,
  );
});
