// `--backend`: where mutants are executed. Gradients, seeds and the few inputs that coverage looks at stay on ONNX Runtime.
import { chooseBackend } from '../../backends/choose.js';
import type { GpuExecutable } from '../../backends/gpu/executable.js';
import { objectives } from '../../fuzz/objectives/index.js';
import type { Elsewhere } from '../../fuzz/target.js';
import { passThrough } from '../../graph/pass-through.js';
import type { TypedModel } from '../../graph/typed-model.js';
import { loadModel } from '../../onnx/load.js';
import type { Runtime } from '../../program/session.js';
import type { OpenModel } from '../check/models.js';
import type { FuzzCommandOptions, Io } from '../options.js';
import { usageError } from '../values.js';
import type { Campaign } from './campaign.js';

export type OnBackend = {
  readonly campaign: Campaign;
  /** Which backend and why, for the user; undefined where nothing was asked. */
  readonly words: string | undefined;
};

/** The campaign with its mutants executed where `--backend` says. */
export async function onBackend(
  campaign: Campaign,
  { backend }: FuzzCommandOptions,
  io: Io,
  runtime: Runtime,
): Promise<OnBackend> {
  if (backend === 'onnxruntime') return { campaign, words: undefined };
  const [model] = campaign.models;
  const judgedByOutputs = [...campaign.objectives.values()].every(({ property, judgedAs }) =>
    ['robustness', 'finite'].includes(judgedAs ?? property.kind),
  );
  if (model === undefined || campaign.models.length > 1 || !judgedByOutputs || campaign.objectives.size > 1) {
    if (backend === 'auto')
      return { campaign, words: 'onnxruntime: gpu.js runs robustness and finite alone' };
    const hint = 'leave --backend out, or search for robustness or finite alone';
    throw usageError('fuzz', '--backend gpu judges the outputs of one model', hint);
  }
  return elsewhereOf(campaign, model, backend, io, runtime);
}

async function elsewhereOf(
  campaign: Campaign,
  model: OpenModel,
  backend: 'gpu' | 'auto',
  { clock }: Io,
  runtime: Runtime,
): Promise<OnBackend> {
  const { bytes } = await loadModel(model.file);
  const { gpu, words } = await chooseBackend(model.typed, model.file, bytes, runtime, backend, clock, true);
  if (gpu === undefined) return { campaign, words };
  const elsewhere = outputsOf(campaign, model.typed, gpu);
  const close = async () => {
    await gpu.close();
    await campaign.close?.();
  };
  return { campaign: { ...campaign, target: { ...campaign.target, elsewhere }, close }, words };
}

function outputsOf({ subject }: Campaign, typed: TypedModel, gpu: GpuExecutable): Elsewhere {
  const outputs = passThrough(typed);
  const ofOutputs = objectives.robustness(outputs, new Set([outputs.output.name]));
  return {
    outputShape: typed.output.shape.slice(1).map(Number),
    run: async (children) => {
      const { output, nonFinite } = await gpu.runWith({ input: children });
      return { output, nonFinite: nonFinite ?? new Uint8Array(children.shape[0] ?? 0) };
    },
    encode: (p, output, nonFinite, target) => {
      const layer = { name: typed.output.name, value: output };
      if (subject.property.kind === 'robustness') return { ...ofOutputs(p, output, target), nonFinite };
      return { violated: nonFinite, nonFinite, margin: undefined, losses: [], output: layer, hidden: [] };
    },
  };
}
