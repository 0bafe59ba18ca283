import { roundDown } from '../../../base/float32-rounding.js';
import { float32 } from '../../../base/tensor.js';
import { UserError } from '../../../base/user-error.js';
import { disjuncts as objective } from '../../../fuzz/objectives/disjuncts.js';
import { hullOf, type InputSet } from '../../../policy/input-set.js';
import type { VnnlibFileProperty } from '../../../policy/policy.js';
import { placeOf } from '../../../policy/position.js';
import { boxAround, boxCache } from '../../../verify/decide/boxes.js';
import { provablyFinite } from '../../../verify/finite-values.js';
import type { Boxes } from '../../../verify/ibp.js';
import { boundOutputs } from '../../../verify/output-bounds.js';
import { boxOf } from '../../../verify/unsafe.js';
import { leastExcess } from '../../../verify/unsafe-bounds.js';
import { sha256OfPath } from '../../hash.js';
import { judgeDisjuncts, type Unsafe, unsafeOf } from '../assertions/disjuncts.js';
import { boundMemoryBytes } from '../bound-memory.js';
import { inputShape } from '../fit.js';
import { runOne } from '../models.js';
import { strangeValues } from '../strange.js';
import type { SubjectMaker } from '../subject.js';

/** No input satisfies a disjunct of the file. */
export const vnnlib: SubjectMaker<VnnlibFileProperty> = async (property, { resources, runtime }) => {
  const model = await resources.model(property.model);
  const file = resources.shown(property.file);
  const unsafe = await located(property, () => unsafeOf(file, model));
  const shape = inputShape(model);
  const set = inputSet(unsafe, shape);
  const disjuncts = unsafe.map(({ disjunct }) => disjunct);
  return {
    property,
    models: [model],
    propertyFile: { file, sha256: sha256OfPath(property.file) },
    claim: `no input satisfies what ${file} asks for`,
    set,
    names: ['input set'],
    linfEpsilon: null,
    targets: new Int32Array(1),
    hasTarget: false,
    encode: objective(model.typed, unsafe, await provablyFinite(model.typed, hullOf(set), runtime)),
    // Box by box, which is tighter than all of them together.
    prove: async (_, __, arithmetic) => {
      const around = boxCache(boxAround);
      const boxes = [...new Set(disjuncts.map(around))];
      const options = { method: 'ibp', arithmetic, memoryBytes: boundMemoryBytes } as const;
      const outputs = await boundOutputs(model.typed, stacked(boxes, shape), options, runtime);
      const bounds = new Map(boxes.map((box, at) => [box, boxOf(outputs, at)]));
      const excess = disjuncts.map((each) => leastExcess(each, bounds.get(around(each)) ?? nothing));
      return Float32Array.of(roundDown(excess.reduce((least, next) => Math.min(least, next), Infinity)));
    },
    decides: () => ({ model: model.typed, disjuncts: () => disjuncts, run: (input) => runOne(model, input) }),
    claims: [{ model, disjuncts: () => disjuncts }],
    hasMargin: true,
    replay: async (input) => judgeDisjuncts(unsafe, input, await runOne(model, input)),
    strange: (input) => strangeValues([model], runtime, input),
  };
};

/** The file's own errors stand where they are; that there is no such file is the policy's. */
async function located<T>(property: VnnlibFileProperty, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'FILE_NOT_FOUND') throw error;
    const { where, problem } = error.details;
    throw new UserError('FILE_NOT_FOUND', {
      ...error.details,
      where: placeOf(property.fileAt),
      problem: `${where}: ${problem}`,
    });
  }
}

const nothing = { lower: [], upper: [] };

function stacked(boxes: readonly Unsafe[number]['box'][], shape: readonly number[]): Boxes {
  const side = (key: 'lower' | 'upper') => {
    const size = boxes[0]?.lower.length ?? 0;
    const data = new Float32Array(boxes.length * size);
    boxes.forEach((box, at) => {
      data.set(box[key], at * size);
    });
    return float32(data, [boxes.length, ...shape]);
  };
  return { lower: side('lower'), upper: side('upper') };
}

/** The smallest box around all of them, and the middle of the first to start from. */
function inputSet(unsafe: Unsafe, shape: readonly number[]): InputSet {
  const [{ box: first }] = unsafe;
  const size = first.lower.length;
  const boxes = [...new Set(unsafe.map(({ box }) => box))];
  const all = stacked(boxes, shape);
  const middle = first.lower.map((least, at) => {
    const most = first.upper[at] ?? least;
    return Math.min(most, Math.max(least, Math.fround(least + (most - least) / 2)));
  });
  const { lower, upper } = hullOf({ shape, size, ...all });
  const seeds = float32(middle, [1, ...shape]);
  return { shape, size, lower, upper, seeds, instanceOf: new Int32Array(1), rowOf: Int32Array.of(-1) };
}
