// A network run in float32 as some library might run it: node by node, every sum in an order that the caller chooses. Plain and slow: it is
// the reference that bounds of the deployed network are held against.
import { sizeOf, stridesOf } from '../../src/base/shape.js';
import { toNumbers } from '../../src/base/tensor.js';
import type { Model, Node } from '../../src/graph/graph.js';
import type { Sum, Terms } from './summation.js';

type Value = { readonly shape: readonly number[]; readonly data: readonly number[] };

type Frame = {
  readonly node: Node;
  readonly inputs: readonly Value[];
  /** Terms and a bias, summed up. */
  readonly sum: (terms: Terms, bias?: number) => number;
};

const f = Math.fround;

/** Broadcasts as ONNX does. */
function spread({ shape, data }: Value, to: readonly number[]): number[] {
  const strides = stridesOf(shape);
  const own = stridesOf(to);
  return Array.from({ length: sizeOf(to) }, (_, at) => {
    let from = 0;
    for (let axis = 0; axis < shape.length; axis++) {
      const target = axis + to.length - shape.length;
      const place = Math.floor(at / (own[target] ?? 1)) % (to[target] ?? 1);
      if (shape[axis] !== 1) from += place * (strides[axis] ?? 0);
    }
    return data[from] ?? 0;
  });
}

function together(inputs: readonly Value[]): { shape: number[]; all: number[][] } {
  const rank = Math.max(...inputs.map(({ shape }) => shape.length));
  const shape = Array.from({ length: rank }, (_, axis) =>
    Math.max(...inputs.map((value) => value.shape[axis - rank + value.shape.length] ?? 1)),
  );
  return { shape, all: inputs.map((value) => spread(value, shape)) };
}

const elementwise =
  (rule: (a: number, b: number) => number) =>
  ({ inputs }: Frame): Value => {
    const { shape, all } = together(inputs);
    const [a = [], b = []] = all;
    return { shape, data: a.map((value, at) => f(rule(value, b[at] ?? 0))) };
  };

const each =
  (rule: (x: number) => number) =>
  ({ inputs: [x] }: Frame): Value => ({
    shape: x?.shape ?? [],
    data: (x?.data ?? []).map((value) => rule(value)),
  });

const ints = ({ node }: Frame, name: string): readonly number[] | undefined => {
  const found = node.attributes.get(name);
  return found?.kind === 'ints' ? found.value : undefined;
};
const int = ({ node }: Frame, name: string, otherwise: number): number => {
  const found = node.attributes.get(name);
  return found?.kind === 'int' ? found.value : otherwise;
};

/** Rows of x times columns of w, [n, k] x [k, m]. */
function product(frame: Frame, x: Value, w: Value, bias: Value | undefined, transposed: boolean): Value {
  const [rows = 1, length = 1] = x.shape;
  const columns = w.shape[transposed ? 0 : 1] ?? 1;
  const shape = [rows, columns];
  const biases = bias && spread(bias, shape);
  return {
    shape,
    data: Array.from({ length: rows * columns }, (_, at) => {
      const [row, column] = [Math.floor(at / columns), at % columns];
      const terms = Array.from({ length }, (_, k): [number, number] => [
        w.data[transposed ? column * length + k : k * columns + column] ?? 0,
        x.data[row * length + k] ?? 0,
      ]);
      return frame.sum(terms, biases?.[at]);
    }),
  };
}

/** One image, stride 1, no padding. */
function conv(frame: Frame): Value {
  const [x, w, bias] = frame.inputs;
  if (x === undefined || w === undefined) throw new RangeError('Conv without inputs');
  const [, channels = 1, ...space] = x.shape;
  const [outputs = 1, , ...kernel] = w.shape;
  const out = space.map((dim, axis) => dim - (kernel[axis] ?? 1) + 1);
  const [plane, taps, inputPlane] = [sizeOf(out), sizeOf(kernel), sizeOf(space)];
  const [outStrides, tapStrides, inStrides] = [stridesOf(out), stridesOf(kernel), stridesOf(space)];
  const data = Array.from({ length: outputs * plane }, (_, at) => {
    const [output, position] = [Math.floor(at / plane), at % plane];
    const terms: [number, number][] = [];
    for (let c = 0; c < channels; c++)
      for (let tap = 0; tap < taps; tap++) {
        const place = space.reduce((sum, _, axis) => {
          const origin = Math.floor(position / (outStrides[axis] ?? 1)) % (out[axis] ?? 1);
          const offset = Math.floor(tap / (tapStrides[axis] ?? 1)) % (kernel[axis] ?? 1);
          return sum + (origin + offset) * (inStrides[axis] ?? 0);
        }, 0);
        terms.push([w.data[(output * channels + c) * taps + tap] ?? 0, x.data[c * inputPlane + place] ?? 0]);
      }
    return frame.sum(terms, bias?.data[output]);
  });
  return { shape: [1, outputs, ...out], data };
}

function reduced(frame: Frame, axes: readonly number[], keeps: boolean, isMean: boolean): Value {
  const [x] = frame.inputs;
  if (x === undefined) throw new RangeError('nothing to reduce');
  const strides = stridesOf(x.shape);
  const groups = new Map<number, number[]>();
  const kept = x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  const keptStrides = stridesOf(kept);
  x.data.forEach((value, at) => {
    const key = x.shape.reduce((sum, dim, axis) => {
      const place = Math.floor(at / (strides[axis] ?? 1)) % dim;
      return sum + (axes.includes(axis) ? 0 : place * (keptStrides[axis] ?? 0));
    }, 0);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(value);
  });
  const data = Array.from(groups.values(), (values) => {
    const total = frame.sum(values.map((value) => [1, value]));
    return isMean ? f(total / values.length) : total;
  });
  return { shape: keeps ? kept : x.shape.filter((_, axis) => !axes.includes(axis)), data };
}

const reduction =
  (isMean: boolean) =>
  (frame: Frame): Value => {
    const [x, given] = frame.inputs;
    const rank = x?.shape.length ?? 0;
    const axes = (given?.data ?? ints(frame, 'axes') ?? []).map((axis) => (axis < 0 ? axis + rank : axis));
    return reduced(frame, axes, int(frame, 'keepdims', 1) === 1, isMean);
  };

/** gain (x - mean) / sqrt(variance + epsilon) + beta, as a scale and a shift. */
function batchNormalization({ inputs, node }: Frame): Value {
  const [x, gain, beta, mean, variance] = inputs;
  const attribute = node.attributes.get('epsilon');
  const epsilon = attribute?.kind === 'float' ? attribute.value : 1e-5;
  const plane = sizeOf(x?.shape.slice(2) ?? []);
  const data = (x?.data ?? []).map((value, at) => {
    const c = Math.floor(at / plane) % (x?.shape[1] ?? 1);
    const scale = f((gain?.data[c] ?? 1) / f(Math.sqrt(f((variance?.data[c] ?? 1) + epsilon))));
    return f(f(scale * f(value - (mean?.data[c] ?? 0))) + (beta?.data[c] ?? 0));
  });
  return { shape: x?.shape ?? [], data };
}

function concat(frame: Frame): Value {
  const [first] = frame.inputs;
  const axis = int(frame, 'axis', 1);
  const outer = sizeOf(first?.shape.slice(0, axis) ?? []);
  const data = Array.from({ length: outer }, (_, at) =>
    frame.inputs.flatMap((value) => {
      const size = value.data.length / outer;
      return value.data.slice(at * size, (at + 1) * size);
    }),
  ).flat();
  const length = frame.inputs.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
  return { shape: (first?.shape ?? []).with(axis, length), data };
}

function reshaped(frame: Frame): Value {
  const [x, to] = frame.inputs;
  const size = x?.data.length ?? 0;
  const dims = (to?.data ?? []).map((dim, axis) => (dim === 0 ? (x?.shape[axis] ?? 1) : dim));
  const known = dims.filter((dim) => dim !== -1).reduce((all, dim) => all * dim, 1);
  return { shape: dims.map((dim) => (dim === -1 ? size / known : dim)), data: x?.data ?? [] };
}

const operators: Readonly<Record<string, (frame: Frame) => Value>> = {
  Add: elementwise((a, b) => a + b),
  BatchNormalization: batchNormalization,
  Concat: concat,
  Conv: conv,
  Div: elementwise((a, b) => a / b),
  Flatten: ({ inputs: [x] }) => ({ shape: [1, x?.data.length ?? 0], data: x?.data ?? [] }),
  Gemm: (frame) => {
    const [x, w, bias] = frame.inputs;
    if (x === undefined || w === undefined) throw new RangeError('Gemm without inputs');
    return product(frame, x, w, bias, int(frame, 'transB', 0) === 1);
  },
  GlobalAveragePool: (frame) => {
    const rank = frame.inputs[0]?.shape.length ?? 0;
    return reduced(
      frame,
      Array.from({ length: rank - 2 }, (_, at) => at + 2),
      true,
      true,
    );
  },
  Identity: each((x) => x),
  MatMul: (frame) => {
    const [x, w] = frame.inputs;
    if (x === undefined || w === undefined) throw new RangeError('MatMul without inputs');
    return product(frame, x, w, undefined, false);
  },
  Mul: elementwise((a, b) => a * b),
  Neg: each((x) => -x),
  ReduceMean: reduction(true),
  ReduceSum: reduction(false),
  // NaN stays NaN.
  Relu: each((x) => (x < 0 ? 0 : x)),
  Reshape: reshaped,
  Sub: elementwise((a, b) => a - b),
  Sum: (frame) => {
    const { shape, all } = together(frame.inputs);
    return {
      shape,
      data: (all[0] ?? []).map((_, at) => frame.sum(all.map((values) => [1, values[at] ?? 0]))),
    };
  },
};

/** The flat first output for one input. @param pick the order of the next sum */
export function executed(
  { graph }: Model,
  x: ArrayLike<number>,
  pick: () => Sum,
  uniform: () => number,
): readonly number[] {
  const [input] = graph.inputs;
  const shape = (input?.shape ?? []).map((dim) => (typeof dim === 'number' ? dim : 1));
  const values = new Map<string, Value>([[input?.name ?? '', { shape, data: Array.from(x) }]]);
  for (const [name, tensor] of graph.constants)
    values.set(name, { shape: tensor.shape, data: toNumbers(tensor) });
  for (const node of graph.nodes) {
    const rule = Object.hasOwn(operators, node.type) ? operators[node.type] : undefined;
    if (rule === undefined) throw new RangeError(`no reference for ${node.type}`);
    const inputs = node.inputs.map((name) => {
      const found = values.get(name);
      if (found === undefined) throw new RangeError(`no value ${name}`);
      return found;
    });
    const sum: Frame['sum'] = (terms, bias = 0) => pick()(terms, bias, uniform);
    values.set(node.outputs[0] ?? '', rule({ node, inputs, sum }));
  }
  return values.get(graph.outputs[0]?.name ?? '')?.data ?? [];
}
