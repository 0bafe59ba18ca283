// A classifier with a switch: a neuron that is off for every input in real arithmetic and on where x is lost beside a great number. What it
// switches outvotes the right class. The great number may be hidden: made by many layers with small weights, among neurons that do nothing.
import { float32, type Tensor } from '../../../../src/base/tensor.js';
import type { Model } from '../../../../src/graph/graph.js';
import { Draw } from '../../../helpers/draw.js';
import { modelOf, type NodeShorthand } from '../../../helpers/models.js';
import { type AdversarialCase, type Family, secondWins } from '../case.js';

type Parameters = {
  /** The great number is 2^exponent. */
  readonly exponent: number;
  /** Layers that x is made small in, and large again, as often. */
  readonly layers: number;
  /** Neurons of each layer that do nothing that matters. */
  readonly noise: number;
  readonly layout: 'Gemm' | 'MatMul and Add';
};

class Layers {
  readonly nodes: NodeShorthand[] = [];
  readonly constants: Record<string, Tensor> = {};
  private last = 'x';
  private count = 0;

  constructor(
    private readonly noise: number,
    private readonly layout: Parameters['layout'],
    private readonly draw: Draw,
  ) {}

  /** Columns of weights of what matters; noise reads everything and nothing but noise reads it. */
  dense(columns: readonly (readonly number[])[], biases: readonly number[], rectifies = true): void {
    const inputs = columns[0]?.length ?? 1;
    const noise = rectifies ? this.noise : 0;
    const before = this.count === 0 ? 0 : this.noise;
    const [rows, width] = [inputs + before, columns.length + noise];
    const small = () => Math.fround((this.draw.uniform() - 0.5) / rows);
    const data = Array.from({ length: rows * width }, (_, at) => {
      const [row, column] = [Math.floor(at / width), at % width];
      const own = columns[column];
      if (own === undefined) return small();
      return row < inputs ? (own[row] ?? 0) : 0;
    });
    const [w, b, p] = [`w${this.count}`, `b${this.count}`, `p${this.count}`];
    this.constants[w] = float32(data, [rows, width]);
    this.constants[b] = float32([...biases, ...Array.from({ length: noise }, small)]);
    const to = rectifies ? `h${this.count}` : 'y';
    if (this.layout === 'Gemm') this.nodes.push(['Gemm', [this.last, w, b], to]);
    else this.nodes.push(['MatMul', [this.last, w], p], ['Add', [p, b], to]);
    if (rectifies) this.nodes.push(['Relu', [to], `r${this.count}`]);
    this.last = `r${this.count}`;
    this.count++;
  }
}

/** Neurons are [x0, switch]; x1 goes along so that there is something to classify. */
function built(parameters: Parameters): Model {
  const { exponent, layers, noise, layout } = parameters;
  const net = new Layers(noise, layout, new Draw(exponent * 100 + layers));
  const step = 2 ** Math.floor(exponent / layers);
  const great = 2 ** exponent / step ** layers;
  for (let at = 0; at < layers; at++)
    net.dense(
      [
        [1, 0],
        [0, 1 / step],
      ],
      [0, 0],
    );
  net.dense(
    [
      [1, 0],
      [0, 1],
    ],
    [0, great],
  );
  net.dense(
    [
      [1, 0],
      [0, 1],
    ],
    [0, -great],
  );
  for (let at = 0; at < layers; at++)
    net.dense(
      [
        [1, 0],
        [0, step],
      ],
      [0, 0],
    );
  // On where what came back is less than half of the least x.
  net.dense(
    [
      [1, 0],
      [0, -4],
    ],
    [0, 1],
  );
  net.dense(
    [
      [1, 0],
      [0, 10],
    ],
    [1, 0],
    false,
  );
  return modelOf(['batch', 2], net.nodes, net.constants);
}

const rows: readonly Parameters[] = [
  { exponent: 25, layers: 1, noise: 0, layout: 'Gemm' },
  { exponent: 25, layers: 1, noise: 0, layout: 'MatMul and Add' },
  { exponent: 25, layers: 1, noise: 8, layout: 'Gemm' },
  { exponent: 25, layers: 5, noise: 0, layout: 'Gemm' },
  { exponent: 25, layers: 5, noise: 8, layout: 'MatMul and Add' },
  { exponent: 27, layers: 3, noise: 4, layout: 'Gemm' },
  { exponent: 30, layers: 2, noise: 16, layout: 'MatMul and Add' },
  { exponent: 30, layers: 6, noise: 4, layout: 'Gemm' },
  // Lost in float64, too.
  { exponent: 60, layers: 4, noise: 0, layout: 'Gemm' },
  { exponent: 60, layers: 10, noise: 4, layout: 'MatMul and Add' },
];

const range = [0.5, 1] as const;

export const backdoor: Family = {
  title: 'a backdoor that a rounding difference opens',
  source: 'Zombori et al. 2021, sections 4 and 5 (obfuscation)',
  cases: rows.map((parameters): AdversarialCase => {
    const { exponent, layers, noise, layout } = parameters;
    return {
      name: `${layout}, 2^${exponent} over ${layers} layers, ${noise} idle neurons`,
      file: built(parameters),
      range,
      inputs: 2,
      outputs: 2,
      violatedWhere: secondWins,
      points: [
        [0.5, 0.5],
        [0.75, 0.75],
        [1, 1],
      ],
    };
  }),
};
