// Where bounding programs run: those of small networks in this thread, until the search turns out to be long; then in the pool.
import type { FloatDType } from '../../../base/dtype.js';
import type { BranchRequest } from '../types.js';
import { openBounder } from './bounding-file.js';
import { boundingFileOf, type Prepared, prepare } from './prepare.js';

export type Runner = {
  readonly prepared: Prepared;
  /** Calls that may be under way at a time: where there are threads, one more, which this one packs while all run. */
  readonly lanes: number;
  /** Whether the search has turned out to be worth several rounds at a time, which depends neither on the number of threads nor on where they are. */
  readonly isSpread: boolean;
};

export type Runners = {
  current(): Runner;
  /**
   * Opens programs in the pool once there is work for it, and better ones once it pays; waits for them only where the request is to be
   * repeatable.
   */
  spread(search: SoFar): Promise<void>;
};

export type SoFar = {
  /** Bounded. */
  readonly subproblems: number;
  /** Boxes that are open. */
  readonly waiting: number;
};

/** Beyond so many elements one call would block this thread for longer than starting others takes. */
const greatestInline = 4096;
/**
 * Where so many do not do, margins may be as small as what float32 sums lose by their bounds on rounding: ACAS Xu 1_1, property 5,
 * is not decided by 50,000 in float32.
 */
const subproblemsBeforeDouble = 4096;

/** Programs that take over, and when. */
type Step = {
  readonly dtype: FloatDType;
  readonly isDue: (search: SoFar) => boolean;
};

/**
 * @param boxesPerCall as long as no more boxes wait, other threads have nothing to do. To start them takes as long as a proof by some 50
 * sub-problems, which slows this thread down meanwhile
 * @throws Unbounded where the output has no bounds
 * @throws ProgramError where a node cannot be run on many rows at once
 */
export async function createRunners(request: BranchRequest, boxesPerCall: number): Promise<Runners> {
  const { runtime, inline } = request;
  const isSmall = elementsOf(request) <= greatestInline;
  const first = isSmall ? inline : runtime;
  const single = boundingFileOf(request, first, 'float32');
  const fileOf = (dtype: FloatDType) =>
    dtype === 'float32' ? single : boundingFileOf(request, runtime, dtype);
  /** The same, but for the bounding program, and where it runs. */
  const pooled = async ({ prepared }: Runner, dtype: FloatDType): Promise<Runner> => {
    const isOpen = dtype === 'float32' && runtime === inline;
    const bounder = isOpen ? prepared.bounder : await openBounder(await fileOf(dtype), runtime);
    return { prepared: { ...prepared, bounder }, lanes: runtime.workers + 1, isSpread: true };
  };
  let runner: Runner = {
    prepared: await prepare(request, single, { bounding: first, others: first }),
    lanes: isSmall ? 1 : runtime.workers + 1,
    isSpread: !isSmall,
  };
  const steps: Step[] = [
    { dtype: 'float64', isDue: ({ subproblems }) => subproblems >= subproblemsBeforeDouble },
  ];
  if (isSmall) steps.unshift({ dtype: 'float32', isDue: ({ waiting }) => waiting > boxesPerCall });
  let opening = Promise.resolve();
  return {
    current: () => runner,
    spread: async (search) => {
      // The last that is due: few boxes may wait for ever.
      const next = steps.findLast(({ isDue }) => isDue(search));
      if (next === undefined) return;
      steps.splice(0, steps.indexOf(next) + 1);
      opening = opening
        .then(async () => {
          runner = await pooled(runner, next.dtype);
        })
        // Where programs cannot be opened, the search goes on with those that are.
        .catch(() => {});
      if (request.repeatable === true) await opening;
    },
  };
}

/** Of all values of one instance. */
const elementsOf = ({ model }: Pick<BranchRequest, 'model'>): number =>
  model.graph.nodes
    .flatMap(({ outputs }) => outputs)
    .reduce((sum, name) => {
      const shape = model.types.get(name)?.shape ?? [];
      return (
        sum + shape.slice(model.batched ? 1 : 0).reduce<number>((size, dim) => size * (Number(dim) || 1), 1)
      );
    }, 0);
