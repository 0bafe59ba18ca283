// Mutators and limits by themselves: grids of parents and numbers, compiled and run.
import { createRng, type Rng } from '../../../src/base/rng.js';
import { float32, type Tensor } from '../../../src/base/tensor.js';
import { type Domain, type DomainOptions, domainOf } from '../../../src/fuzz/domain.js';
import { type Box, encodeLimits, type Limits } from '../../../src/fuzz/limits.js';
import type { Mutator } from '../../../src/fuzz/mutators/mutator.js';
import type { InputSet } from '../../../src/policy/input-set.js';
import { compile } from '../../../src/program/compile.js';
import type { Dim } from '../../../src/program/dims.js';
import { Program } from '../../../src/program/program.js';
import { inline } from '../../helpers/programs.js';

/** [parents, size] each. */
export type Family = Readonly<Record<'inputs' | 'partners' | 'seeds' | 'lower' | 'upper', Float32Array>>;

export type GridOptions = {
  /** Without: the children as the mutator makes them. */
  readonly limits?: Limits;
  /** All parents share the first's box, which is then part of the program, as in the fuzzer's. */
  readonly oneBox?: boolean;
  /** Numbers of every child of its own, instead of one set per column. */
  readonly perChild?: boolean;
};

/** @returns children [parents, children, size], row after row */
export type RunGrid = (family: Family, parameters: Float32Array) => Promise<Float32Array>;

export async function gridOf(
  mutator: Mutator,
  domain: Domain,
  family: Family,
  options: GridOptions = {},
): Promise<RunGrid> {
  const p = new Program();
  const { shape, size } = domain;
  const grid: Dim[] = ['parents', 1, ...shape];
  const box = (name: 'lower' | 'upper') =>
    options.oneBox === true
      ? p.constant(float32(family[name].slice(0, size), [1, 1, ...shape]))
      : p.input(name, 'float32', grid);
  const [lower, upper] = [box('lower'), box('upper')];
  const parents = {
    inputs: p.input('inputs', 'float32', grid),
    partners: p.input('partners', 'float32', grid),
    seeds: p.input('seeds', 'float32', grid),
    lower,
    upper,
    width: p.min(p.sub(upper, lower), 3.4028234663852886e38),
  };
  const own = options.perChild === true;
  const parameters = p.input('parameters', 'float32', [own ? 'parents' : 1, 'children', mutator.parameters]);
  const raw = mutator.encode(p, parents, parameters);
  const children = options.limits === undefined ? raw : encodeLimits(p, domain, options.limits, parents, raw);
  if (children.shape.join() !== ['parents', 'children', ...shape].join())
    throw new Error(`${mutator.name}: children are [${children.shape}]`);
  const session = await compile(p, { children }, inline);
  return async (members, numbers) => {
    const count = members.inputs.length / size;
    const asGrid = (data: Float32Array) => float32(data, [count, 1, ...shape]);
    const rows = own ? count : 1;
    const columns = numbers.length / rows / mutator.parameters;
    const feeds = Object.fromEntries(Object.entries(members).map(([name, data]) => [name, asGrid(data)]));
    const result = await session.run({
      ...feeds,
      parameters: float32(numbers, [rows, columns, mutator.parameters]),
    });
    return (result.children as Tensor<'float32'>).data;
  };
}

export function drawn(mutator: Mutator, count: number, rng: Rng): Float32Array {
  const numbers = new Float32Array(count * mutator.parameters);
  for (let at = 0; at < count; at++) mutator.draw(numbers, at * mutator.parameters, rng);
  return numbers;
}

/** Inputs to mutate, and what they are. */
export type Scene = { readonly name: string; readonly domain: Domain; readonly family: Family };

const parentCount = 5;

/**
 * Seeds anywhere in their boxes, parents and partners too.
 * @param bounds of each element by its position; all instances have the same box
 */
export function scene(
  name: string,
  shape: readonly number[],
  bounds: (at: number) => readonly [number, number],
  options: DomainOptions = {},
): Scene {
  const size = shape.reduce((product, dim) => product * dim, 1);
  const rng = createRng(7, name);
  const integers = new Set(options.integer);
  const within = (at: number): number => {
    const [least, most] = bounds(at % size);
    const value = least + rng.uniform() * (most - least);
    return integers.has(at % size) ? Math.round(value) : value;
  };
  const rows = (value: (at: number) => number) =>
    Float32Array.from({ length: parentCount * size }, (_, at) => value(at));
  const end = (side: 0 | 1) => rows((at) => bounds(at % size)[side]);
  const family = {
    inputs: rows(within),
    partners: rows(within),
    seeds: rows(within),
    lower: end(0),
    upper: end(1),
  };
  const set: InputSet = {
    shape,
    size,
    lower: float32(family.lower.slice(0, size), [1, ...shape]),
    upper: float32(family.upper.slice(0, size), [1, ...shape]),
    seeds: float32(family.seeds, [parentCount, ...shape]),
    instanceOf: new Int32Array(parentCount),
    rowOf: new Int32Array(parentCount),
  };
  return { name, domain: domainOf(set, set.seeds, options), family };
}

const unit = (): [number, number] => [0, 1];

/** What inputs there are: images in every order, a flat one, tables, and inputs of one element. */
export const scenes: readonly Scene[] = [
  scene('[3, 8, 6]', [3, 8, 6], unit),
  scene('[7, 9, 3], negative black', [7, 9, 3], () => [-2, 2.5]),
  scene('[9, 8]', [9, 8], () => [0, 255]),
  scene('flat image', [48], unit, { image: { height: 6, width: 8, channels: 1 } }),
  scene('table', [11], (at) => [-at - 1, 2 * at + 1]),
  scene('table with whole numbers', [6], (at) => [-3 * at, 20 * at + 1], { integer: [0, 2, 5] }),
  scene('sequence', [2, 3, 5], () => [-1, 1]),
  scene('one element', [1], () => [-1, 1]),
];

export const rowAt = (data: Float32Array, row: number, { size }: Domain): Float32Array =>
  data.subarray(row * size, (row + 1) * size);

export const boxAt = ({ lower, upper }: Family, row: number, domain: Domain): Box => ({
  lower: rowAt(lower, row, domain),
  upper: rowAt(upper, row, domain),
  integer: domain.integer,
});
