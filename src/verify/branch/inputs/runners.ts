// Where bounding programs run: small networks begin in this thread, which needs no threads to be started and no program to be opened
// several times, and move to the pool once the search turns out to be long.
import type { FloatDType } from '../../../base/dtype.js';
import type { BranchRequest } from '../types.js';
import { type Prepared, prepare } from './prepare.js';

export type Runner = {
  readonly prepared: Prepared;
  /** Calls that may be under way at a time. */
  readonly lanes: number;
};

export type Runners = {
  current(): Runner;
  /** Opens better programs once so many sub-problems were bounded that it pays; waits for them only where the request is to be repeatable. */
  spread(subproblems: number): Promise<void>;
};

/** Beyond so many elements one call would block this thread for longer than starting others takes. */
const greatestInline = 4096;
/** About as many as are bounded in this thread while the others start. */
const subproblemsBeforePool = 64;
/**
 * Where so many do not do, margins may be as small as what float32 sums lose by their bounds on rounding: ACAS Xu 1_1, property 5,
 * is not decided by 50,000 in float32.
 */
const subproblemsBeforeDouble = 4096;

/**
 * @throws Unbounded where the output has no bounds
 * @throws ProgramError where a node cannot be run on many rows at once
 */
export async function createRunners(request: BranchRequest): Promise<Runners> {
  const { runtime, inline } = request;
  const pooled = async (dtype: FloatDType): Promise<Runner> => ({
    prepared: await prepare(request, runtime, dtype),
    lanes: runtime.workers,
  });
  const isSmall = elementsOf(request) <= greatestInline;
  let runner: Runner = isSmall
    ? { prepared: await prepare(request, inline), lanes: 1 }
    : await pooled('float32');
  const steps = [
    ...(isSmall && runtime !== inline ? [{ from: subproblemsBeforePool, dtype: 'float32' as const }] : []),
    { from: subproblemsBeforeDouble, dtype: 'float64' as const },
  ];
  let opening = Promise.resolve();
  return {
    current: () => runner,
    spread: async (subproblems) => {
      const [next] = steps;
      if (next === undefined || subproblems < next.from) return;
      steps.shift();
      opening = opening
        .then(async () => {
          runner = await pooled(next.dtype);
        })
        // Where programs cannot be opened, the search goes on with those that are.
        .catch(() => {});
      if (request.repeatable === true) await opening;
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
