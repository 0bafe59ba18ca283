// Where bounding programs run: small networks begin in this thread, which needs no threads to be started and no program to be opened
// several times, and move to the pool once the search turns out to be long.
import type { BranchRequest } from '../types.js';
import { type Prepared, prepare } from './prepare.js';

export type Runner = {
  readonly prepared: Prepared;
  /** Calls that may be under way at a time. */
  readonly lanes: number;
};

export type Runners = {
  current(): Runner;
  /** Opens the pool's programs, without waiting for them, once so many sub-problems were bounded that it pays. */
  spread(subproblems: number): void;
};

/** Beyond so many elements one call would block this thread for longer than starting others takes. */
const greatestInline = 4096;
/** About as many as are bounded in this thread while the others start. */
const subproblemsBeforePool = 64;

/**
 * @throws Unbounded where the output has no bounds
 * @throws ProgramError where a node cannot be run on many rows at once
 */
export async function createRunners(request: BranchRequest): Promise<Runners> {
  const { model, disjuncts, arithmetic, runtime, inline } = request;
  const pooled = async (): Promise<Runner> => ({
    prepared: await prepare(model, disjuncts, arithmetic, runtime),
    lanes: runtime.workers,
  });
  if (elementsOf(request) > greatestInline) {
    const runner = await pooled();
    return { current: () => runner, spread: () => {} };
  }
  let runner: Runner = { prepared: await prepare(model, disjuncts, arithmetic, inline), lanes: 1 };
  let isSpread = runtime === inline;
  return {
    current: () => runner,
    spread: (subproblems) => {
      if (isSpread || subproblems < subproblemsBeforePool) return;
      isSpread = true;
      // Where the pool cannot open them, this thread goes on.
      pooled().then(
        (opened) => {
          runner = opened;
        },
        () => {},
      );
    },
  };
}

/** Of all values of one instance. */
const elementsOf = ({ model }: BranchRequest): number =>
  model.graph.nodes
    .flatMap(({ outputs }) => outputs)
    .reduce((sum, name) => {
      const shape = model.types.get(name)?.shape ?? [];
      return (
        sum + shape.slice(model.batched ? 1 : 0).reduce<number>((size, dim) => size * (Number(dim) || 1), 1)
      );
    }, 0);
