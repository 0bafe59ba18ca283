// What becomes of one file: refused with an error for the user, or typed, lowered and bounded rightly.
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { openExecutable } from '../../../src/backends/onnxruntime.js';
import { sizeOf } from '../../../src/base/shape.js';
import { float32, type Tensor } from '../../../src/base/tensor.js';
import { messageOf, UserError } from '../../../src/base/user-error.js';
import { requireFaithful } from '../../../src/cli/check/faithful.js';
import { withPlace } from '../../../src/cli/check/runtime-failure.js';
import type { TypedModel } from '../../../src/graph/typed-model.js';
import { decodeModel } from '../../../src/onnx/decode.js';
import { Unbounded } from '../../../src/ops/operator.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import type { Runtime } from '../../../src/program/session.js';
import { openBounder, samplesOf, violations } from '../../helpers/bounding.js';
import { Draw } from '../../helpers/draw.js';

export type Outcome = {
  /** `broken` is what must not happen: a wrong bound, or an error that is not for the user. */
  readonly kind: 'refused' | 'fuzzed' | 'bounded' | 'broken';
  readonly text: string;
};

const radius = 0.01;
const pointCount = 20;

export async function judge(bytes: Uint8Array, file: string): Promise<Outcome> {
  const runtime = createInlineRuntime();
  try {
    const model = decodeModel(bytes, { file });
    const typed = await discoverTypes(model, file, runtime);
    if (typed.input.dtype !== 'float32')
      return { kind: 'refused', text: `input of type ${typed.input.dtype}` };
    return await withPlace(file, () => outcomeOf(typed, bytes, file, runtime));
  } catch (error) {
    if (error instanceof UserError) return refusal(error, file);
    return { kind: 'broken', text: error instanceof Error ? `${error.stack}` : messageOf(error) };
  } finally {
    await runtime.close();
  }
}

/** An error for the user names the file, a node or a value, and says what to do. */
function refusal({ code, details: { where, problem, hint } }: UserError, file: string): Outcome {
  const placed = where.includes(file) || /^(node|value|input|output|initialiser) "/.test(where);
  const kind = placed && hint !== undefined && problem !== '' ? 'refused' : 'broken';
  return { kind, text: `${code} ${where}: ${problem}` };
}

async function outcomeOf(
  model: TypedModel,
  bytes: Uint8Array,
  file: string,
  runtime: Runtime,
): Promise<Outcome> {
  const executable = await openExecutable(model, bytes, runtime);
  await requireFaithful(model, executable, file, runtime);
  try {
    const bounder = await openBounder(model, 'float32', runtime);
    const shape = model.input.shape.slice(1).map(Number);
    const draw = new Draw(1);
    const center = Float32Array.from({ length: sizeOf(shape) }, draw.uniform);
    const side = (sign: number) =>
      float32(
        center.map((value) => value + sign * radius),
        [1, ...shape],
      );
    const boxes = { lower: side(-1), upper: side(1) };
    const bounds = await bounder(boxes);
    const points = samplesOf(boxes.lower.data, boxes.upper.data, shape, pointCount, draw.uniform);
    const outputs = numbers(await executable.run(points));
    const size = outputs.length / pointCount;
    for (let row = 0; row < pointCount; row++) {
      const [wrong] = violations(bounds, outputs.slice(row * size, (row + 1) * size));
      if (wrong !== undefined) return { kind: 'broken', text: `row ${row}: ${wrong}` };
    }
    return { kind: 'bounded', text: '' };
  } catch (error) {
    if (error instanceof Unbounded) return { kind: 'fuzzed', text: error.message };
    throw error;
  }
}

const numbers = ({ data }: Tensor): number[] => Array.from<number | bigint | string, number>(data, Number);
