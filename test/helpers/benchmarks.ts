// The networks of the public benchmark families (../shared/benchmarks, where it exists), each with the box of a property.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { float32, type Tensor } from '../../src/base/tensor.js';
import type { TypedModel } from '../../src/graph/typed-model.js';

export type BenchmarkNetwork = {
  readonly family: string;
  /** Path of the ONNX file. */
  readonly file: string;
  /** Path of the first VNN-LIB property of this network, else of its family. */
  readonly property: string;
};

export type Box = { readonly lower: Tensor<'float32'>; readonly upper: Tensor<'float32'> };

/** All networks in alphabetical order; none where the folder does not exist. */
export function benchmarkNetworks(folder: string): BenchmarkNetwork[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((family) => existsSync(`${folder}${family}/instances.csv`))
    .sort()
    .flatMap((family) => networksOf(folder, family));
}

function networksOf(folder: string, family: string): BenchmarkNetwork[] {
  const root = `${folder}${family}/`;
  const instances = readFileSync(`${root}instances.csv`, 'utf8').trim().split('\n').slice(1);
  const properties = instances.map((line) => line.split(',').slice(0, 2));
  const [, fallback = ''] = properties[0] ?? [];
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.onnx(\.gz)?$/.test(file))
    .sort()
    .map((file) => {
      const own = properties.find(([network]) => network === file.replace(/\.gz$/, ''));
      return { family, file: `${root}${file}`, property: `${root}${own?.[1] ?? fallback}` };
    });
}

/** The first bounds that a property states of each input, as one box [1, ...features] of the model. */
export function firstBox(property: string, { input }: TypedModel): Box {
  const bytes = readFileSync(existsSync(property) ? property : `${property}.gz`);
  const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
  const shape = [1, ...input.shape.slice(1).map(Number)];
  const size = shape.reduce((product, dim) => product * dim, 1);
  const sides = {
    '<=': new Float32Array(size).fill(Number.NaN),
    '>=': new Float32Array(size).fill(Number.NaN),
  };
  for (const [, relation, index, number] of text.matchAll(/\((<=|>=)\s+X_(\d+)\s+([-+\d.eE]+)\s*\)/g)) {
    const side = sides[relation as '<=' | '>='];
    if (Number.isNaN(side[Number(index)])) side[Number(index)] = Number(number);
  }
  if ([sides['<='], sides['>=']].some((side) => side.some(Number.isNaN)))
    throw new RangeError(`${property} does not bound every input from both sides`);
  return { lower: float32(sides['>='], shape), upper: float32(sides['<='], shape) };
}
