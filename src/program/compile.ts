// Program -> session: constants are folded, the rest becomes one ONNX Runtime session.
import { withoutUnitAxes } from './axes/leave-out.js';
import { type Declared, emitModel, type Outputs } from './emit.js';
import { packed } from './packing/pack.js';
import { plainValues } from './plain-values.js';
import type { Program } from './program.js';
import type { GraphOptimization, Results, Runtime, Session, ValueMemory } from './session.js';
import { reachable, type Value } from './value.js';

/** How a program becomes a session. */
export type CompileOptions = {
  /** Compute what depends on no input now, once. On unless a test compares. */
  readonly fold?: boolean;
  /** Compute small vectors together that are computed alike. On unless a test compares. */
  readonly pack?: boolean;
  readonly optimization?: GraphOptimization;
  readonly memory?: ValueMemory;
};

/**
 * One session for `outputs`; equal programs share it. Throws RuntimeError where ONNX Runtime lacks a kernel.
 * An input that no output depends on is no input of the session; feeding it does no harm.
 */
export async function compile(
  p: Program,
  outputs: Outputs,
  runtime: Runtime,
  { fold = true, pack = true, optimization = 'program', memory = 'kept' }: CompileOptions = {},
): Promise<Session> {
  const declared = optimization === 'disabled' ? 'types' : 'shapes';
  return runtime.open(await written(p, outputs, runtime, { fold, pack, declared }), optimization, memory);
}

/** The model that `compile` opens, for runtimes that open it one after the other. @param runtime computes constants */
export async function written(
  p: Program,
  outputs: Outputs,
  runtime: Runtime,
  {
    fold = true,
    pack = true,
    declared = 'shapes',
  }: Pick<CompileOptions, 'fold' | 'pack'> & { readonly declared?: Declared } = {},
): Promise<Uint8Array> {
  const plain = fold ? await folded(p, outputs, runtime) : outputs;
  const fewer = pack ? packed(p, plain) : plain;
  // ONNX Runtime's optimiser joins reshapes by itself.
  return emitModel(pack && declared === 'types' ? withoutUnitAxes(p, fewer) : fewer, declared);
}

/** Values of expressions that depend on no input, computed once, every node as it stands. Throws RuntimeError. */
export async function evaluate(p: Program, outputs: Outputs, runtime: Runtime): Promise<Results> {
  return (await compile(p, outputs, runtime, { fold: false, pack: false, optimization: 'disabled' })).run({});
}

const isSource = (value: Value): boolean => value.primitive === 'constant' || value.primitive === 'input';

/** Rebuilds the outputs with every constant expression replaced by its value. */
async function folded(p: Program, outputs: Outputs, runtime: Runtime): Promise<Outputs> {
  const values = reachable(Object.values(outputs));
  const frontier = foldable(values, Object.values(outputs));
  if (frontier.length === 0) return outputs;
  const known = plainValues(values);
  const others = frontier.filter((value) => !known.has(value));
  const named = Object.fromEntries(others.map((value, at) => [`f${at}`, value]));
  const computed = others.length === 0 ? {} : await evaluate(p, named, runtime);
  const replaced = new Map<Value, Value>();
  for (const value of frontier) {
    const constant = known.get(value) ?? computed[`f${others.indexOf(value)}`];
    if (constant !== undefined) replaced.set(value, p.constant(constant));
  }
  const rebuilt = p.rebuild(values, replaced);
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, rebuilt(value)]));
}

/** Constant expressions that something non-constant, or an output, reads directly. */
function foldable(values: readonly Value[], outputs: readonly Value[]): Value[] {
  const wanted = new Set(outputs);
  for (const value of values) if (!value.isConstant) for (const input of value.inputs) wanted.add(input);
  return values.filter((value) => value.isConstant && !isSource(value) && wanted.has(value));
}
