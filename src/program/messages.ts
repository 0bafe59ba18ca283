// What the pool and its workers say to each other.
import type { Feeds, GraphOptimization, ValueMemory } from './session.js';

/** What a worker is asked; `id` comes back with the reply. */
export type Request =
  /** To open the first session of a process takes a twentieth of a second longer than others: this one is opened for that. */
  | { readonly kind: 'start'; readonly id: number }
  | {
      readonly kind: 'open';
      readonly id: number;
      readonly session: string;
      readonly model: Uint8Array;
      readonly optimization: GraphOptimization;
      readonly memory: ValueMemory;
    }
  | {
      readonly kind: 'run';
      readonly id: number;
      readonly session: string;
      readonly feeds: Feeds;
      readonly shared: readonly number[];
    }
  | {
      readonly kind: 'perform';
      readonly id: number;
      readonly session: string;
      /** The address of the task's module. */
      readonly task: string;
      readonly given: unknown;
    }
  | { readonly kind: 'share'; readonly id: number; readonly shared: number; readonly feeds: Feeds }
  | { readonly kind: 'release'; readonly id: number; readonly shared: number };

/** What a worker answers: results of a run, what a task made, nothing of the rest. */
export type Reply =
  | { readonly kind: 'done'; readonly id: number; readonly results: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };
