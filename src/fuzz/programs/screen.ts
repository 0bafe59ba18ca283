// Mutating a batch and judging every child, in one program per mutator: the children never leave ONNX Runtime. Handing them
// from one session to another was measured at 0.55 of plain inference on a 784-200-100-10 network, one session at 0.78.
import { float32, type Tensor } from '../../base/tensor.js';
import { compile } from '../../program/compile.js';
import { Program } from '../../program/program.js';
import type { Runtime, Session, Shared } from '../../program/session.js';
import { type Batch, mutationFeeds, rowFeeds } from '../batches.js';
import type { Corpus } from '../corpus.js';
import type { CoverageCriterion } from '../coverage/criterion.js';
import type { Mutator } from '../mutators/mutator.js';
import type { FuzzTarget } from '../target.js';
import { lazily } from './lazily.js';
import { encodeChildren, type Grid, type Reads } from './mutation.js';
import { screenElsewhere } from './screen-elsewhere.js';
import { type Screened, screened, suspiciousOutputs } from './screened.js';
import { type SingleChildren, singleChildrenOf } from './single-children.js';

export type ScreenProgram = {
  screen(
    batch: Batch,
    corpus: Corpus,
    shared: Shared,
    parentFeeds: Record<string, Tensor>,
  ): Promise<Screened>;
  /** Whether a mutator mixes its parents with their partners. */
  mixes(mutator: Mutator): Promise<boolean>;
  /** Some children themselves, [rows, ...input]: few are ever looked at, and those are computed again. */
  readonly children: SingleChildren;
};

export type Mutating = { readonly session: Session; readonly reads: Reads };

export function screenProgram(
  target: FuzzTarget,
  criteria: readonly CoverageCriterion[],
  tables: Shared,
  runtime: Runtime,
): ScreenProgram {
  const grid: Grid = target.batched ? 'any' : 'one row';
  const screens = lazily((mutator: Mutator) => compileScreen(target, criteria, mutator, grid, runtime));
  const makers = lazily((mutator: Mutator) =>
    compileChildren(target, mutator, target.batched ? 'single' : grid, runtime),
  );
  const { elsewhere } = target;
  const children = singleChildrenOf(target, makers, tables);
  const mixes = async (mutator: Mutator) => (await makers(mutator)).reads.has('partners');
  if (elsewhere !== undefined)
    return { children, mixes, screen: screenElsewhere(target, elsewhere, criteria, tables, runtime) };
  return {
    children,
    mixes,
    screen: async (batch, corpus, shared, parentFeeds) => {
      const { session, reads, signals, suspicions } = await screens(batch.mutator);
      const feeds = {
        ...mutationFeeds(batch, corpus, target.set, reads),
        ...rowFeeds(batch, target.set, target.targets),
        ...parentFeeds,
      };
      return screened(await session.run(feeds, tables, shared), signals, suspicions);
    },
  };
}

async function compileScreen(
  fuzzed: FuzzTarget,
  criteria: readonly CoverageCriterion[],
  mutator: Mutator,
  grid: Grid,
  runtime: Runtime,
): Promise<Mutating & { readonly signals: number; readonly suspicions: number }> {
  const p = new Program();
  const reads: Reads = new Set();
  const children = encodeChildren(p, fuzzed, mutator, grid, reads);
  const batch = children.shape[0] ?? 1;
  const target = p.input('target', 'int32', [batch]);
  const encoding = fuzzed.encode(p, children, p.cast(target, 'int64'));
  const { outputs, ...counts } = suspiciousOutputs(p, encoding, fuzzed, criteria, target);
  return { session: await compile(p, outputs, runtime), reads, ...counts };
}

/** A program that gives the children of a grid, row after row. */
export async function compileChildren(
  fuzzed: FuzzTarget,
  mutator: Mutator,
  grid: Grid,
  runtime: Runtime,
): Promise<Mutating> {
  const p = new Program();
  const reads: Reads = new Set();
  const children = encodeChildren(p, fuzzed, mutator, grid, reads);
  return { session: await compile(p, { children }, runtime), reads };
}

/** Inputs as a tensor. */
export const inputsOf = (data: Float32Array, { set }: Pick<FuzzTarget, 'set'>): Tensor<'float32'> =>
  float32(data, [data.length / set.size, ...set.shape]);
