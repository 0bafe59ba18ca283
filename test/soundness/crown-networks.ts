// Random networks whose graphs are more than a chain: branches, residuals, shared values, several inputs and outputs, strides
// and groups; each in the form [batch, ...] or without a batch axis.
import type { Model, ValueInfo } from '../../src/graph/graph.js';
import type { Draw } from '../helpers/draw.js';
import { modelOf } from '../helpers/models.js';
import { activation, Builder, dense, normalised } from './networks.js';

/** Vectors [batch, width], all of one width, so that any two can be joined. */
function joined(b: Builder, values: readonly string[], width: number): string {
  const [one, other] = [b.draw.pick(values), b.draw.pick(values)];
  const kind = b.draw.pick(['Add', 'Sub', 'Mul', 'Concat', 'Max', 'Min']);
  if (kind !== 'Concat') return b.add(kind, [one, other]);
  const both = b.add('Concat', [one, other, b.draw.pick(values)], { axis: 1 });
  return dense(b, both, 3 * width, width);
}

function grown(b: Builder, values: string[], width: number, steps: number): void {
  for (let step = 0; step < steps; step++) {
    const from = b.draw.pick(values);
    const layer = () => {
      const next = dense(b, from, width, width);
      return activation(b, b.draw.int(0, 3) === 0 ? normalised(b, next, width) : next);
    };
    values.push(b.draw.int(0, 2) === 0 ? joined(b, values, width) : layer());
  }
}

/** A graph in which values are read by one to several nodes; all that nobody reads is summed or concatenated. */
export function branching(draw: Draw): Model {
  const b = new Builder(draw);
  const [inputs, width] = [draw.int(1, 4), draw.int(2, 6)];
  const values = [activation(b, dense(b, 'x', inputs, width))];
  grown(b, values, width, draw.int(3, 7));
  return b.finish(ends(b, values, width), [inputs]);
}

function ends(b: Builder, values: readonly string[], width: number): string {
  const read = new Set(b.nodes.flatMap(([, inputs]) => inputs));
  const open = values.filter((name) => !read.has(name));
  const all = open.length === 1 ? (open[0] ?? '') : b.add('Concat', open, { axis: 1 });
  return b.draw.flag() ? all : dense(b, all, open.length * width, 3);
}

/** One hidden value read three times over: by a sum, a product and a layer, which meet again. */
export function fannedOut(draw: Draw): Model {
  const b = new Builder(draw);
  const width = draw.int(2, 8);
  const shared = b.add('Relu', [dense(b, 'x', 3, width)]);
  const readers = [
    b.add('Relu', [dense(b, shared, width, width)]),
    b.add('Tanh', [shared]),
    b.add('Mul', [shared, dense(b, shared, width, width)]),
  ];
  const sum = b.add('Sub', [b.add('Add', [readers[0] ?? '', readers[1] ?? '']), readers[2] ?? '']);
  return b.finish(dense(b, b.add('Add', [sum, shared]), width, 3), [3]);
}

/** Convolutions along one or two axes, with strides, dilations, groups, pooling and a residual sum. */
export function strided(draw: Draw): Model {
  const b = new Builder(draw);
  const rank = draw.int(1, 2);
  const times = (value: number) => new Array<number>(rank).fill(value);
  const groups = draw.pick([1, 2]);
  const [channels, width, size] = [2 * groups, 4, draw.int(5, 8)];
  const convolution = (x: string, from: number, stride: number, kernel: number, group: number) => {
    const w = b.weight([width, from / group, ...times(kernel)], (from / group) * kernel ** rank);
    const pads = [...times(kernel >> 1), ...times(kernel >> 1)];
    return b.add('Conv', [x, w, b.weight([width], 1)], { strides: times(stride), pads, group });
  };
  let x = convolution('x', channels, draw.int(1, 2), 3, groups);
  x = activation(b, draw.flag() ? normalised(b, x, width) : x);
  if (draw.flag())
    x = b.add(draw.pick(['MaxPool', 'AveragePool']), [x], {
      kernel_shape: times(2),
      strides: times(draw.int(1, 2)),
    });
  const block = activation(b, convolution(x, width, 1, 3, draw.pick([1, 2, 4])));
  x = b.add(draw.pick(['Add', 'Sub', 'Mul']), [convolution(block, width, 1, 1, 1), x]);
  x = activation(b, x);
  const pooled = b.add('Flatten', [b.add('GlobalAveragePool', [x])], { axis: 1 });
  return b.finish(draw.flag() ? dense(b, pooled, width, 3) : b.add('Flatten', [x], { axis: 1 }), [
    channels,
    ...times(size),
  ]);
}

/** Two inputs of different shapes, which data rows hold one after the other. */
export function packed(draw: Draw): Model {
  const b = new Builder(draw);
  const width = draw.int(2, 5);
  const left = activation(b, dense(b, 'x', 2, width));
  const right = activation(b, dense(b, b.add('Flatten', ['second'], { axis: 1 }), 6, width));
  const values = [left, right];
  grown(b, values, width, draw.int(1, 3));
  const file = b.finish(ends(b, [...values, joined(b, [left, right], width)], width), [2]);
  const second: ValueInfo = { name: 'second', dtype: 'float32', shape: ['batch', 2, 3] };
  return { ...file, graph: { ...file.graph, inputs: [...file.graph.inputs, second] } };
}

/** Further outputs, of which one is read inside the graph; the first output is read, too. */
export function severalOutputs(draw: Draw): Model {
  const b = new Builder(draw);
  const [inputs, width] = [draw.int(1, 4), draw.int(2, 6)];
  const values = [b.add('Relu', [dense(b, 'x', inputs, width)])];
  grown(b, values, width, draw.int(1, 3));
  const first = dense(b, values.at(-1) ?? '', width, width);
  const later = b.add('Relu', [first]);
  const last = b.add('Sigmoid', [dense(b, later, width, 2)]);
  const file = b.finish(last, [inputs]);
  const outputs = [first, later, 'y'].map((name) => ({ name, dtype: undefined, shape: undefined }));
  return { ...file, graph: { ...file.graph, outputs } };
}

/** Without a batch axis: vectors and matrices as the file has them. */
export function unbatched(draw: Draw): Model {
  const b = new Builder(draw);
  const [rows, size] = [draw.int(2, 3), draw.int(2, 4)];
  const vector = draw.flag();
  const layer = (x: string) => {
    const product = b.add('MatMul', [x, b.weight([size, size], size)]);
    return b.add('Relu', [b.add('Add', [product, b.weight([size], 1)])]);
  };
  const x = layer('x');
  let next = layer(x);
  // Rows of the matrix meet, so that they are no batch.
  if (!vector) next = b.add('MatMul', [b.weight([rows, rows], rows), next]);
  next = b.add(draw.pick(['Add', 'Mul']), [next, x]);
  b.nodes.push(['Relu', [b.add('MatMul', [next, b.weight([size, 3], size)])], 'y']);
  return modelOf(vector ? [size] : [rows, size], b.nodes, b.constants);
}
