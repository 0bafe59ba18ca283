// One adversarial network before `marauder prove`, as its user runs it, and before runs in float32 in many orders.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { float32 } from '../../../src/base/tensor.js';
import { UserError } from '../../../src/base/user-error.js';
import { createChecker } from '../../../src/certify/check.js';
import type { ProveOptions } from '../../../src/cli/options.js';
import { runProve } from '../../../src/cli/prove.js';
import { encodeModel } from '../../../src/program/emit.js';
import { plain } from '../../../src/report/style.js';
import { branch, isSmallBox } from '../../../src/verify/branch/choose.js';
import { decide } from '../../../src/verify/decide.js';
import { openBounder, violations } from '../../helpers/bounding.js';
import { certificateOf, cuts, sha256 } from '../../helpers/certificates.js';
import { decideOptions, problemOf } from '../../helpers/deciding.js';
import { Draw } from '../../helpers/draw.js';
import { executed } from '../../helpers/execution.js';
import { crownOf } from '../../helpers/linear-bounds.js';
import { opened } from '../../helpers/opened.js';
import { inline } from '../../helpers/programs.js';
import { orders } from '../../helpers/summation.js';
import { type AdversarialCase, isViolated, propertyOf } from './case.js';

export type Verdict = 'proved' | 'violated' | 'unknown' | 'refused';

/** Besides the points of the case. */
const randomPoints = 3;
const mixedRuns = 6;

function pointsOf({ points, range: [lower, upper], inputs }: AdversarialCase, draw: Draw): number[][] {
  const between = () =>
    Math.min(upper, Math.max(lower, Math.fround(lower + draw.uniform() * (upper - lower))));
  const random = Array.from({ length: randomPoints }, () => Array.from({ length: inputs }, between));
  return [...points.map((point) => [...point]), ...random];
}

type Run = { readonly name: string; readonly outputs: readonly (readonly number[])[] };

/** Each order throughout, and orders that change from sum to sum; the outputs of all points. */
function runsOf(given: AdversarialCase): Run[] {
  const draw = new Draw(1);
  const points = pointsOf(given, draw);
  const all = [...orders.values()];
  const throughout = Array.from(orders, ([name, sum]) => ({ name, pick: () => sum }));
  const mixed = Array.from({ length: mixedRuns }, () => ({ name: 'mixed', pick: () => draw.pick(all) }));
  return [...throughout, ...mixed].map(({ name, pick }) => ({
    name,
    outputs: points.map((x) => executed(given.file, x, pick, draw.uniform)),
  }));
}

/** By name; 'mixed' for those that change. */
export function violatingOrders(given: AdversarialCase): string[] {
  const violating = runsOf(given).filter(({ outputs }) =>
    outputs.some((y) => isViolated(given.violatedWhere, y)),
  );
  return [...new Set(violating.map(({ name }) => name))];
}

/** ONNX Runtime itself, on the file, at one of the points that the case names. */
export async function violatedByRuntime({ file, points, violatedWhere }: AdversarialCase): Promise<boolean> {
  const { run } = await opened(file);
  for (const x of points) if (isViolated(violatedWhere, await run(float32(x, [1, x.length])))) return true;
  return false;
}

/** `marauder prove` on files, in process. */
export async function proved(
  given: AdversarialCase,
  arithmetic: 'deployed' | 'real',
  timeoutSeconds: number,
): Promise<{ readonly verdict: Verdict; readonly checked: boolean }> {
  const folder = mkdtempSync(join(tmpdir(), 'marauder-adversarial-'));
  try {
    writeFileSync(join(folder, 'model.onnx'), encodeModel(given.file));
    writeFileSync(join(folder, 'property.vnnlib'), propertyOf(given));
    return await run(folder, arithmetic, timeoutSeconds);
  } catch (error) {
    // Such as that the network computes something else when it is lowered: nothing is claimed of it.
    if (!(error instanceof UserError)) throw error;
    return { verdict: 'refused', checked: false };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(folder: string, arithmetic: 'deployed' | 'real', timeoutSeconds: number) {
  const options: ProveOptions = {
    model: join(folder, 'model.onnx'),
    networks: [],
    property: join(folder, 'property.vnnlib'),
    timeoutSeconds,
    memoryBytes: 2 ** 28,
    seed: 1,
    arithmetic,
    workers: 1,
    json: true,
    vnncomp: undefined,
    explainStrategy: false,
    certificate: undefined,
    certifies: true,
    outputDir: join(folder, 'out'),
  };
  const written: string[] = [];
  const stdout = new Writable({
    write: (chunk, _encoding, done) => {
      written.push(String(chunk));
      done();
    },
  });
  const style = plain;
  const clock = () => performance.now();
  const signal = new AbortController().signal;
  const io = { stdout, stderr: stdout, style, errorStyle: style, cwd: folder, env: {}, clock, signal };
  await runProve(options, io);
  const { verdict, checked } = JSON.parse(written.join('')) as { verdict: Verdict; checked: boolean };
  return { verdict, checked };
}

/** Sub-problems of branching without an attack. */
const ration = 256;

/** The same engine with nothing but its bounds: no attack, and no point ever counts as a counterexample. */
export async function provedByBounds(
  given: AdversarialCase,
  arithmetic: 'deployed' | 'real',
): Promise<boolean> {
  const problem = await problemOf(given.file, propertyOf(given));
  const branchesFromRoots = isSmallBox(problem.disjuncts);
  const options = { ...decideOptions, arithmetic, branch, branchesFromRoots, ration, timeoutMs: Infinity };
  const outcome = await decide({ ...problem, run: async () => [] }, options, { pool: inline, inline });
  return outcome.verdict === 'proved';
}

/** Whether the checker takes a claim that nobody searched for: the whole range, cut into equal parts along the first input. */
export async function claimAccepted(
  { file, range, inputs, outputs, violatedWhere }: AdversarialCase,
  arithmetic: 'deployed' | 'real',
): Promise<boolean> {
  const side = (value: number) => new Array<number>(inputs).fill(value);
  const [lower, upper] = range;
  const constraint = {
    inputs: { indices: [], coefficients: [] },
    outputs: {
      indices: violatedWhere.outputs.map(([index]) => index),
      coefficients: violatedWhere.outputs.map(([, coefficient]) => coefficient),
    },
    bound: violatedWhere.bound,
    strict: false,
  };
  const root = lower === upper ? ({ kind: 'leaf' } as const) : cuts(lower, upper, 4);
  const claim = certificateOf([side(lower), side(upper)], outputs, [constraint], root);
  const model = { model: file, sha256 };
  const judgement = await createChecker(model)({ ...claim, arithmetic }, { isStopped: () => false });
  return judgement.accepted;
}

/** Outputs of runs in many orders that lie outside of the deployed network's bounds over the whole range; these are none. */
export async function escapes(given: AdversarialCase): Promise<string[]> {
  const { model } = await opened(given.file);
  const shape = [1, given.inputs];
  const side = (value: number) => float32(new Array<number>(given.inputs).fill(value), shape);
  const box = { lower: side(given.range[0]), upper: side(given.range[1]) };
  const crown = await crownOf(model).output(box);
  const bounds = [
    await (await openBounder(model, 'float32', inline))(box),
    await (await openBounder(model, 'float64', inline))(box),
    crown,
  ];
  return runsOf(given).flatMap(({ outputs }) =>
    bounds.flatMap((own) => outputs.flatMap((y) => violations(own, y))),
  );
}
