// What coverage criteria see of the entries of a corpus.
import { float32, int64, joined } from '../../base/tensor.js';
import type { CalibratedCriterion } from '../../fuzz/coverage/calibrated.js';
import type { Seen } from '../../fuzz/distill.js';
import { finite } from '../../fuzz/objectives/finite.js';
import { runsBatched } from '../../ops/runs-batched.js';
import { compile } from '../../program/compile.js';
import { Program } from '../../program/program.js';
import type { Runtime } from '../../program/session.js';
import { inputShape } from '../check/fit.js';
import type { OpenModel } from '../check/models.js';
import type { CorpusEntry } from '../corpus/entry.js';

const rowsPerCall = 256;

/** Only those of the criteria that the model has something to cover for. */
export async function seenBy(
  model: OpenModel,
  criteria: readonly CalibratedCriterion[],
  entries: readonly CorpusEntry[],
  runtime: Runtime,
): Promise<Seen[]> {
  const batched = runsBatched(model.typed);
  const p = new Program();
  const shape = inputShape(model);
  const x = p.input('x', 'float32', [batched ? 'batch' : 1, ...shape]);
  // Any objective has the layers; this one reads no class.
  const encoding = finite(model.typed)(p, x, p.constant(int64([0])));
  const used = criteria.flatMap((criterion) => {
    const profile = criterion.profile(p, encoding)?.profile;
    return profile === undefined ? [] : [{ criterion, profile }];
  });
  if (used.length === 0) return [];
  const outputs = Object.fromEntries(used.map(({ profile }, at) => [`profile${at}`, profile]));
  const session = await compile(p, outputs, runtime);
  const parts: Float32Array[][] = used.map(() => []);
  const step = batched ? rowsPerCall : 1;
  for (let from = 0; from < entries.length; from += step) {
    const rows = entries.slice(from, from + step).map(({ input }) => input);
    const results = await session.run({ x: float32(joined(rows), [rows.length, ...shape]) });
    parts.forEach((part, at) => {
      part.push(results[`profile${at}`]?.data as Float32Array);
    });
  }
  return used.map(({ criterion }, at) => ({ criterion, profiles: joined(parts[at] ?? []) }));
}
