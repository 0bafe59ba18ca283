// One model on two backends: where they differ beyond what rounding explains, one of them is wrong.
import { openGpuExecutable } from '../../backends/gpu/executable.js';
import { type Opinions, openSecondOpinion } from '../../backends/gpu/second-opinion.js';
import type { Tensor } from '../../base/tensor.js';
import type { Judgement } from '../../policy/judge.js';
import type { Runtime } from '../../program/session.js';
import { batchOfOne, type OpenModel } from '../check/models.js';

export type Backends = {
  /** What runs the model besides ONNX Runtime, in words. */
  readonly words: string;
  judge(inputs: Tensor<'float32'>): Promise<Opinions>;
  /** At batch size 1. */
  one(input: Float32Array): Promise<Judgement>;
  close(): Promise<void>;
};

/** @throws UserError where gpu.js does not run the model, Unbounded where rounding cannot be bounded */
export async function openBackends(model: OpenModel, runtime: Runtime): Promise<Backends> {
  const gpu = await openGpuExecutable(model.typed, { file: model.file });
  const { judge } = await openSecondOpinion(model.typed, model.executable, gpu, runtime);
  return {
    words: gpu.words,
    judge,
    one: async (input) => {
      const { differs, share } = await judge(batchOfOne(model.typed, input));
      const violated = differs[0] === 1;
      const much = (share[0] ?? 0).toPrecision(3);
      const summary = violated
        ? `ONNX Runtime and ${gpu.words} differ by ${much} of what rounding explains, or one of them by more`
        : `ONNX Runtime and ${gpu.words} agree within rounding (${much} of it)`;
      return { violated, margin: null, summary };
    },
    close: () => gpu.close(),
  };
}
