// The attack of `marauder prove` on what bounds leave open, before it is branched on.
import type { Deadline } from '../../base/deadline.js';
import { sizeOf } from '../../base/shape.js';
import { admissible, boxCache } from '../../verify/decide/boxes.js';
import { openSearch } from '../../verify/search/search.js';
import { seedOf } from './seeds.js';
import { confirm, executionsLeft, type LadderContext, openInstances, type State } from './state.js';
import type { Decides, Subject } from './subject.js';

/** Of what the budget has left, at most: the first attack has found what is easy, and branching finds what is hard. */
const executionsPerInstance = 1024;
/** The search holds all boxes: of as many instances, those with the worst bounds. */
const greatestElements = 2 ** 24;

export async function searchOpen(
  subject: Subject,
  decides: Decides,
  state: State,
  context: LadderContext,
  deadline: Deadline,
): Promise<void> {
  const instances = hardest(subject, state);
  const left = Math.min(executionsLeft(state), executionsPerInstance * instances.length);
  if (left <= 0) return;
  context.progress('attacking what is open');
  const owned = instances.flatMap((instance) =>
    decides.disjuncts(instance).map((disjunct, own) => ({ instance, disjunct, own })),
  );
  const inputOf = inputMaker(decides);
  const disjuncts = owned.map(({ disjunct }) => disjunct);
  const { model } = decides;
  const outputs = sizeOf(model.output.shape.slice(1).map(Number));
  const searched = { model, disjuncts, boxes: disjuncts.map(boxCache(admissible)), outputs };
  // One thread, so that what is found first does not depend on their number.
  const search = await openSearch(searched, { ...context.runtime, workers: 1 }, context.seed);
  const before = state.executions.slice();
  const count = () => {
    state.executions.set(before);
    owned.forEach(({ instance }, at) => {
      state.executions[instance] = (state.executions[instance] ?? 0) + search.executionsOf(at);
    });
  };
  for (;;) {
    const open = [...owned.keys()].filter((at) => !state.witnesses.has(owned[at]?.instance ?? -1));
    const effort = { executions: left - search.executions(), exact: true, deadline };
    const found = await search.run(open, effort, async (at, input) => {
      count();
      const instance = owned[at]?.instance ?? 0;
      const executions = state.executions[instance] ?? 0;
      const taken = inputOf(instance, owned[at]?.own ?? 0, input);
      const hit = { instance, seed: seedOf(subject, instance), input: taken, executions };
      return confirm(subject, state, context, { ...hit, foundBy: 'gradient' });
    });
    count();
    if (!found) return;
  }
}

/** From points of the model that is searched to inputs of the subject. */
function inputMaker({ original, inputOf }: Decides) {
  const makers = new Map<number, NonNullable<ReturnType<NonNullable<Decides['original']>>>>();
  return (instance: number, disjunct: number, point: Float32Array): Float32Array => {
    const made = makers.get(instance) ?? original?.(instance);
    if (made === undefined) return point.slice();
    makers.set(instance, made);
    const inputs = made.inputOf(disjunct, point);
    return inputOf?.(inputs) ?? inputs;
  };
}

function hardest(subject: Subject, state: State): number[] {
  const open = openInstances(subject, state).sort((a, b) => (state.bounds[a] ?? 0) - (state.bounds[b] ?? 0));
  const { size } = subject.set;
  return open.slice(0, Math.max(1, Math.floor(greatestElements / size))).sort((a, b) => a - b);
}
