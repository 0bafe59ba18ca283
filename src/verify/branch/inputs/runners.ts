// Where bounding programs run: small networks begin in one thread, beside this one where there is one to spare, which needs no program
// to be opened several times, and move to the pool once the search turns out to be long.
import type { FloatDType } from '../../../base/dtype.js';
import { RuntimeError } from '../../../program/session.js';
import type { BranchRequest } from '../types.js';
import { openBounder } from './bounding-file.js';
import type { Subject } from './hidden.js';
import { boundingFileOf, type Prepared, prepare } from './prepare.js';

export type Runner = {
  readonly prepared: Prepared;
  /** Calls that may be under way at a time: where there are threads, one more, which this one packs while all run. */
  readonly lanes: number;
};

export type Runners = {
  current(): Runner;
  /** Opens better programs once so many sub-problems were bounded that it pays; waits for them only where the request is to be repeatable. */
  spread(subproblems: number): Promise<void>;
};

/** Beyond so many elements one call would block this thread for longer than starting others takes. */
const greatestInline = 4096;
/** Beyond as many most proofs are long. The other threads take as long to start as the first needs for some 50. */
const subproblemsBeforePool = 16;
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
  const isSmall = elementsOf(request) <= greatestInline;
  const begun = isSmall ? (madeFor(request) ?? begin(request, request.ahead ?? inline)) : undefined;
  const fileOf = (dtype: FloatDType) =>
    (dtype === 'float32' ? begun?.file : undefined) ?? boundingFileOf(request, runtime, dtype);
  const lanes = runtime.workers + 1;
  /** The same, but for the bounding program, and where it runs. */
  const pooled = async ({ prepared }: Runner, dtype: FloatDType): Promise<Runner> => ({
    prepared: { ...prepared, bounder: await openBounder(await fileOf(dtype), runtime) },
    lanes,
  });
  const places = { bounding: runtime, others: isSmall ? inline : runtime };
  let runner: Runner =
    begun === undefined
      ? { prepared: await prepare(request, fileOf('float32'), places), lanes }
      : await small(begun, request).catch(async (error: unknown) => {
          // A thread that is lost: this one is left.
          if (request.ahead === undefined || !(error instanceof RuntimeError)) throw error;
          return small(begin(request, inline), { ...request, ahead: undefined });
        });
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
          runner = await pooled(runner, next.dtype);
        })
        // Where programs cannot be opened, the search goes on with those that are.
        .catch(() => {});
      if (request.repeatable === true) await opening;
    },
  };
}

const small = async ({ prepared }: Begun, { ahead }: Pick<BranchRequest, 'ahead'>): Promise<Runner> => ({
  prepared: await prepared,
  lanes: ahead === undefined ? 1 : 2,
});

/** Programs that are being written and opened. */
export type Begun = {
  readonly disjuncts: BranchRequest['disjuncts'];
  readonly file: ReturnType<typeof boundingFileOf>;
  readonly prepared: Promise<Prepared>;
};

/** What a request will need first, begun beside other work; undefined where that is not known. */
export function beginRunners(request: Subject & Pick<BranchRequest, 'ahead' | 'inline'>): Begun | undefined {
  const { ahead } = request;
  if (ahead === undefined || elementsOf(request) > greatestInline) return undefined;
  return begin(request, ahead);
}

function begin(request: Subject & Pick<BranchRequest, 'inline'>, bounding: BranchRequest['inline']): Begun {
  const file = boundingFileOf(request, bounding, 'float32');
  const prepared = prepare(request, file, { bounding, others: request.inline });
  // Whoever needs them is told.
  for (const promise of [file, prepared]) promise.catch(() => {});
  return { disjuncts: request.disjuncts, file, prepared };
}

/** What was begun, where it is about these disjuncts. */
function madeFor({ begun, disjuncts }: BranchRequest): Begun | undefined {
  const isSame =
    begun?.disjuncts.length === disjuncts.length && disjuncts.every((one, at) => one === begun.disjuncts[at]);
  return isSame ? begun : undefined;
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
