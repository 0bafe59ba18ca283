// The attack on what is open, begun once and gone on with.
import { openSearch } from '../search/search.js';
import { admissible, boxCache } from './boxes.js';
import { earlier, outputsOf, report, type State } from './state.js';

/** True where a counterexample was found. @param scans whether points are only sampled */
export async function attack(
  state: State,
  executions: number,
  milliseconds: number,
  scans = false,
): Promise<boolean> {
  const { problem, options, runtimes, open, replay } = state;
  if (options.ration !== undefined) return false;
  report(state, 'attack');
  state.search ??= openSearch(
    {
      model: problem.model,
      disjuncts: problem.disjuncts,
      boxes: problem.disjuncts.map(boxCache(admissible)),
      outputs: outputsOf(problem.model),
    },
    runtimes.inline,
    options.seed,
  );
  const search = await state.search;
  const deadline = earlier(options.deadline, milliseconds, options.clock);
  const effort = { executions, deadline, scans };
  const found = await search.run([...open], effort, (disjunct, point) =>
    replay.confirm(disjunct, point, 'attack'),
  );
  state.executions = search.executions();
  state.leastMargin = search.leastMargin;
  state.suggest = search.suggest;
  return found;
}
