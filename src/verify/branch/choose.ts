// Which kind of splitting a property gets, from what is cheap to know: inputs that vary, neurons to split, what the other left open.
import { instanceOf } from '../../graph/instance.js';
import type { TypedModel } from '../../graph/typed-model.js';
import { Unbounded } from '../../ops/operator.js';
import { ProgramError } from '../../program/program-error.js';
import { branchOnActivations } from './activations/activations.js';
import { neuronsOf } from './activations/neurons.js';
import { branchOnInputs } from './inputs/inputs.js';
import type { Branch, BranchRequest, BranchResult } from './types.js';

/**
 * Halving a box's inputs doubles the parts per input, so that it pays for few of them only; there it tightens everything at
 * once, and beats splitting neurons (DESIGN section 4).
 */
const greatestInputs = 16;

export const branch: Branch = async (request) => {
  const varying = Math.max(0, ...request.disjuncts.map(varyingInputs));
  const neurons = splittable(request.model);
  const explanation = [`${varying} inputs vary; ${neurons} neurons can be split`];
  if (varying <= greatestInputs || neurons === 0) {
    explanation.push('inputs are split');
    const results = await withInputs(request, explanation);
    return { results, strategy: { explanation } };
  }
  explanation.push('neurons are split');
  const first = await withActivations(request, explanation);
  const left = new Set(first.filter(isLeft).map(({ index }) => index));
  if (left.size === 0 || request.deadline.expired()) return { results: first, strategy: { explanation } };
  explanation.push(`${left.size} disjuncts are left with everything split: inputs are split`);
  const disjuncts = request.disjuncts.filter(({ index }) => left.has(index));
  const second = await withInputs({ ...request, disjuncts }, explanation);
  const results = first.map((result) =>
    joined(
      result,
      second.find(({ index }) => index === result.index),
    ),
  );
  return { results, strategy: { explanation } };
};

/** Boxes of which the inputs are split: their roots are sub-problems like any other. */
export const isSmallBox = (disjuncts: readonly Box[]): boolean =>
  Math.max(0, ...disjuncts.map(varyingInputs)) <= greatestInputs;

type Box = { readonly lower: ArrayLike<number>; readonly upper: ArrayLike<number> };

const varyingInputs = ({ lower, upper }: Box): number => {
  let count = 0;
  for (let at = 0; at < lower.length; at++) if ((lower[at] ?? 0) < (upper[at] ?? 0)) count++;
  return count;
};

/** Elements that can be split; 0 where the network has no bounds. */
function splittable(model: TypedModel): number {
  try {
    return neuronsOf(instanceOf(model)).reduce(
      (sum, { cuts, size }) => sum + (cuts === 'nowhere' ? 0 : size),
      0,
    );
  } catch (error) {
    if (error instanceof Unbounded) return 0;
    throw error;
  }
}

const withActivations = (request: BranchRequest, explanation: string[]) =>
  orUnsupported(request, explanation, async () => {
    const { results, strategy } = await branchOnActivations(request);
    explanation.push(...strategy.explanation);
    return results;
  });

const withInputs = (request: BranchRequest, explanation: string[]) =>
  orUnsupported(request, explanation, () => branchOnInputs(request, (line) => explanation.push(line)));

/** Networks without bounds by sub-problem, or that cannot be run on many rows at once, are left open. */
async function orUnsupported(
  { disjuncts }: BranchRequest,
  explanation: string[],
  work: () => Promise<readonly BranchResult[]>,
): Promise<readonly BranchResult[]> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Unbounded || error instanceof ProgramError)) throw error;
    explanation.push(error.message);
    return disjuncts.map(({ index }) => ({
      index,
      state: 'open',
      bound: -Infinity,
      subproblems: 0,
      reason: 'unsupported',
      detail: error.message,
    }));
  }
}

const isLeft = ({ state, reason }: BranchResult): boolean =>
  state === 'open' && (reason === 'exhausted' || reason === 'unsupported');

const joined = (first: BranchResult, second: BranchResult | undefined): BranchResult =>
  second === undefined
    ? first
    : {
        ...second,
        bound: Math.max(first.bound, second.bound),
        subproblems: first.subproblems + second.subproblems,
      };
