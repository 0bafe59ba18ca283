// Screening where the model runs on another backend: the children come out of ONNX Runtime, the outputs back into it. Criteria see
// the outputs alone.
import { float32, type Tensor, tensor } from '../../base/tensor.js';
import { compile } from '../../program/compile.js';
import type { Dim } from '../../program/dims.js';
import { Program } from '../../program/program.js';
import type { Runtime, Shared } from '../../program/session.js';
import { type Batch, mutationFeeds, rowFeeds } from '../batches.js';
import type { Corpus } from '../corpus.js';
import type { CoverageCriterion } from '../coverage/criterion.js';
import type { Mutator } from '../mutators/mutator.js';
import type { Elsewhere, FuzzTarget } from '../target.js';
import { lazily } from './lazily.js';
import type { Grid } from './mutation.js';
import { compileChildren, inputsOf, type Mutating, type ScreenProgram } from './screen.js';
import { floats, type Screened, screened, suspiciousOutputs } from './screened.js';

export function screenElsewhere(
  target: FuzzTarget,
  elsewhere: Elsewhere,
  criteria: readonly CoverageCriterion[],
  tables: Shared,
  runtime: Runtime,
): ScreenProgram['screen'] {
  const grid: Grid = target.batched ? 'any' : 'one row';
  const makers = lazily((mutator: Mutator) => compileChildren(target, mutator, grid, runtime));
  const judging = lazily((_: 'judge') => compileJudge(target, elsewhere, criteria, runtime));
  return async (batch, corpus, shared, parentFeeds): Promise<Screened> => {
    const children = await makeChildren(batch, corpus, target, await makers(batch.mutator), tables);
    const { output, nonFinite } = await elsewhere.run(children);
    const { session, signals, suspicions } = await judging('judge');
    const feeds = {
      output: float32(output.data, [children.shape[0] ?? 0, ...elsewhere.outputShape]),
      nonFinite: tensor('bool', [nonFinite.length], nonFinite),
      ...rowFeeds(batch, target.set, target.targets),
      ...parentFeeds,
    };
    return screened(await session.run(feeds, shared), signals, suspicions);
  };
}

async function makeChildren(
  batch: Batch,
  corpus: Corpus,
  { set }: FuzzTarget,
  { session, reads }: Mutating,
  tables: Shared,
): Promise<Tensor<'float32'>> {
  const data = floats((await session.run(mutationFeeds(batch, corpus, set, reads), tables)).children);
  return inputsOf(data, { set });
}

async function compileJudge(
  fuzzed: FuzzTarget,
  elsewhere: Elsewhere,
  criteria: readonly CoverageCriterion[],
  runtime: Runtime,
) {
  const p = new Program();
  const batch: Dim = fuzzed.batched ? 'batch' : 1;
  const output = p.input('output', 'float32', [batch, ...elsewhere.outputShape]);
  const nonFinite = p.input('nonFinite', 'bool', [batch]);
  const target = p.input('target', 'int32', [batch]);
  const encoding = elsewhere.encode(p, output, nonFinite, p.cast(target, 'int64'));
  const { outputs, ...counts } = suspiciousOutputs(p, encoding, fuzzed, criteria, target);
  return { session: await compile(p, outputs, runtime), ...counts };
}
