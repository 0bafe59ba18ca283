// `marauder prove` as a function.
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { ProveResult } from '../cli/prove/result.js';
import { startThreads } from '../cli/prove/start.js';
import { closeRuntimes, openRuntimes, prove as proveProperty } from '../cli/prove.js';
import { type CommonOptions, defaultOutputDir, worldFor } from './world.js';

/** What is told while it goes on, in words for people. */
export type ProveEvent = { readonly kind: 'progress'; readonly text: string };

export type ProveOptions = CommonOptions & {
  /** Default: none. */
  readonly timeoutSeconds?: number;
  /** Default: 1. */
  readonly seed?: number;
  /** Default: "deployed", the float32 network under any order of summation. */
  readonly arithmetic?: 'deployed' | 'real';
  /** For bounds and sub-problems that wait; default: 4 GiB. */
  readonly memoryBytes?: number;
  /** Where a proof is written to; default: nowhere. */
  readonly certificate?: string;
  /** Whether a proof is checked by the independent checker; default: true. */
  readonly certifies?: boolean;
  readonly onEvent?: (event: ProveEvent) => void;
};

const defaultMemoryBytes = 4 * 1024 ** 3;

/**
 * Decides a VNN-LIB property: a proof, a counterexample, or why neither was found.
 * @param model an ONNX file; of a property of several networks, a file for each of their names
 * @throws UserError where a file cannot be read, or model and property do not fit together
 */
export async function prove(
  model: string | Readonly<Record<string, string>>,
  property: string,
  options: ProveOptions = {},
): Promise<ProveResult> {
  const { onEvent = () => {}, certificate, timeoutSeconds } = options;
  const networks =
    typeof model === 'string' ? [] : Object.entries(model).map(([name, file]) => ({ name, file }));
  const given = {
    model: typeof model === 'string' ? model : undefined,
    networks,
    property,
    timeoutSeconds,
    memoryBytes: options.memoryBytes ?? defaultMemoryBytes,
    seed: options.seed ?? 1,
    arithmetic: options.arithmetic ?? 'deployed',
    workers: options.workers ?? availableParallelism(),
    json: true,
    vnncomp: undefined,
    explainStrategy: false,
    certificate,
    certifies: options.certifies ?? true,
    outputDir: options.outputDir ?? defaultOutputDir,
  } as const;
  const world = worldFor(options);
  const runtimes = openRuntimes(
    startThreads(given.workers, given.model && resolve(world.cwd, given.model)),
    world,
  );
  try {
    const told = (text: string) => onEvent({ kind: 'progress', text });
    return (await proveProperty(given, world, runtimes, told)).result;
  } finally {
    await closeRuntimes(runtimes);
  }
}
