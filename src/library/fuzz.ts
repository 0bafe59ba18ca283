// `marauder fuzz` as a function.
import { availableParallelism } from 'node:os';
import type { FoundHere } from '../cli/fuzz/session.js';
import { type FuzzSummary, summaryOf } from '../cli/fuzz/summary.js';
import { fuzzCampaigns } from '../cli/fuzz.js';
import type { FuzzCommandOptions } from '../cli/options.js';
import type { FuzzProgress } from '../fuzz/events.js';
import { type CommonOptions, defaultOutputDir, worldFor } from './world.js';

export type FuzzEvent =
  | { readonly kind: 'progress'; readonly campaign: string; readonly state: FuzzProgress }
  /** A finding, replayed on the original model at batch size 1, and saved. */
  | { readonly kind: 'found'; readonly campaign: string; readonly finding: FoundHere };

type Given = Omit<FuzzCommandOptions, 'target' | 'data' | 'json' | 'workers' | 'outputDir'>;

export type FuzzOptions = CommonOptions & {
  /** As the options of the command line, with their defaults. */
  readonly [K in keyof Given]?: Given[K];
} & {
  /** Rows to start from; of a model, not of a policy. */
  readonly data?: {
    readonly file: string;
    readonly inputs?: readonly string[];
    readonly labels?: string;
    readonly scale?: number;
    readonly rows?: { readonly from: number; readonly to: number };
  };
  readonly onEvent?: (event: FuzzEvent) => void;
};

/**
 * Searches a model, or the properties of a policy, for inputs that make it fail: for `executions`, or `seconds`, by default 60.
 * @param target an .onnx file or a policy; default: marauder.policy.yaml, here or in a folder above
 * @throws UserError where something cannot be read or does not fit together; never because of a finding
 */
export async function fuzz(target?: string, options: FuzzOptions = {}): Promise<FuzzSummary> {
  const { onEvent = () => {}, signal: _, data, ...given } = options;
  const io = worldFor(options);
  const observer = {
    progress: (campaign: string, state: FuzzProgress) => onEvent({ kind: 'progress', campaign, state }),
    found: (campaign: string, finding: FoundHere) => onEvent({ kind: 'found', campaign, finding }),
  };
  const asked: FuzzCommandOptions = {
    ...unasked,
    workers: availableParallelism(),
    ...given,
    target,
    data: data && { inputs: undefined, labels: undefined, scale: 1, rows: undefined, ...data },
    json: true,
  };
  const { found, results, seed } = await fuzzCampaigns(asked, io, observer);
  return summaryOf(found, results, seed, io);
}

const unasked = {
  properties: undefined,
  range: undefined,
  linfEpsilon: undefined,
  l2Epsilon: undefined,
  l0Count: undefined,
  deepHunter: undefined,
  objectives: undefined,
  coverage: undefined,
  layers: undefined,
  mutators: undefined,
  scheduler: undefined,
  gradients: true,
  feedback: true,
  backend: 'onnxruntime',
  seconds: undefined,
  executions: undefined,
  seed: undefined,
  outputDir: defaultOutputDir,
  fresh: false,
} as const;
