// Search runs a model lowered to our own programs, with operators that we do not know passed on at a newer opset. Before
// that is trusted to search in, it must compute what the file computes.

import type { Executable } from '../../backends/onnxruntime.js';
import { createRng } from '../../base/rng.js';
import { sizeOf } from '../../base/shape.js';
import { float32 } from '../../base/tensor.js';
import { messageOf, UserError } from '../../base/user-error.js';
import type { TypedModel } from '../../graph/typed-model.js';
import { lowerModel } from '../../ops/lower-model.js';
import { runsBatched } from '../../ops/runs-batched.js';
import { compile } from '../../program/compile.js';
import { programOpset } from '../../program/emit.js';
import { Program } from '../../program/program.js';
import { type Runtime, RuntimeError } from '../../program/session.js';

const rowsCompared = 16;
/** Of the greatest output. Quantised networks may round to a neighbouring step; a wrong meaning is farther off. */
const tolerance = 0.05;

/** @throws UserError UNSUPPORTED_MODEL where the lowered model cannot be run or gives other outputs */
export async function requireFaithful(
  model: TypedModel,
  executable: Executable,
  file: string,
  runtime: Runtime,
): Promise<void> {
  const rows = runsBatched(model) ? rowsCompared : 1;
  const shape = model.input.shape.slice(1).map(Number);
  const rng = createRng(1, 'faithful');
  const input = float32(
    Float32Array.from({ length: rows * sizeOf(shape) }, () => rng.uniform()),
    [rows, ...shape],
  );
  const expected = numbers((await executable.run(input)).data);
  const actual = numbers(await runLowered(model, input, file, runtime));
  const scale = expected.reduce(
    (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most),
    0,
  );
  const same =
    expected.length === actual.length &&
    expected.every((value, at) => near(value, actual[at], tolerance * scale));
  if (!same) throw unfaithful(file, `computes something else when it is lowered to opset ${programOpset}`);
}

async function runLowered(
  model: TypedModel,
  input: ReturnType<typeof float32>,
  file: string,
  runtime: Runtime,
) {
  const p = new Program();
  try {
    const { output } = lowerModel(
      p,
      model,
      p.input('x', 'float32', [input.shape[0] === 1 ? 1 : 'batch', ...input.shape.slice(1)]),
    );
    const session = await compile(p, { output }, runtime);
    return (await session.run({ x: input })).output?.data ?? [];
  } catch (error) {
    if (error instanceof RuntimeError)
      throw unfaithful(file, `cannot be lowered to opset ${programOpset}: ${messageOf(error)}`);
    throw error;
  }
}

const numbers = (data: ArrayLike<number | bigint | string>): number[] => Array.from(data, Number);

const near = (a: number, b: number | undefined, slack: number): boolean =>
  Object.is(a, b) || (b !== undefined && Math.abs(a - b) <= slack);

const unfaithful = (where: string, problem: string): UserError =>
  new UserError('UNSUPPORTED_MODEL', {
    where,
    problem,
    hint: `export the model with opset ${programOpset}, or report it to us with the model`,
  });
