// What the executable and its worker thread say to each other.
import type { AdapterRequest } from './adapter.js';
import type { EngineRun, GpuMode } from './engine.js';
import type { Plan } from './plan.js';

export type GpuRequest =
  | {
      readonly kind: 'open';
      readonly id: number;
      readonly plan: Plan;
      readonly mode: GpuMode;
      readonly adapter: AdapterRequest | undefined;
    }
  | { readonly kind: 'corpus'; readonly id: number; readonly corpus: Float32Array; readonly entries: number }
  | { readonly kind: 'run'; readonly id: number; readonly input: Float32Array; readonly rows: number };

/** Only a run has results. */
export type GpuReply =
  | { readonly kind: 'done'; readonly id: number; readonly results: EngineRun | undefined }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };
