// From what is known of each instance to verdicts.
import type { Deadline } from '../../base/deadline.js';
import { hardestShown } from '../../findings/evidence-shown.js';
import { judged, tally } from '../../findings/gate.js';
import type { CoverageFloor, InstanceReport, PropertyReport } from '../../findings/report.js';
import { type SearchTree, searchTreeOf } from '../../findings/search-tree.js';
import type { Verdict } from '../../findings/verdict.js';
import type { Property } from '../../policy/policy.js';
import { plural } from '../../report/words.js';
import { instanceName } from './instances.js';
import type { Check, State } from './state.js';
import type { Subject } from './subject.js';

export function concluded(
  subject: Subject,
  state: State,
  deadline: Deadline,
): Omit<PropertyReport, 'timing'> {
  const { property, models, claim } = subject;
  const own = [...state.bounds.keys()].filter((at) => !state.others.has(at));
  const instances = own.map((at): InstanceReport => {
    const verdict = verdictOf(subject, state, at, deadline);
    const searchTree = verdict.kind === 'proved' ? treeOf(state, at) : undefined;
    const outputBounds = state.outputBounds.get(at);
    return {
      instance: instanceName(subject, at),
      verdict,
      ...(state.subproblems.has(at) && { subproblems: state.subproblems.get(at) }),
      ...(outputBounds && { outputBounds }),
      ...(searchTree && { searchTree }),
      ...(verdict.kind === 'proved' && !counts(property, state.checks.get(at)) && { discounted: true }),
    };
  });
  return judged({
    name: property.name,
    at: property.at,
    kind: property.kind,
    claim,
    models: models.map(({ name }) => name),
    expect: property.expect,
    severity: property.severity,
    unknownPasses: property.unknownPasses,
    share: { reached: 0, required: property.share },
    verdicts: tally(instances),
    instances: hardestShown(instances),
    executions: own.reduce((sum, at) => sum + (state.executions[at] ?? 0), 0),
    subproblems: [state.subproblems, state.cells, state.splits]
      .flatMap((counts) => [...counts.values()])
      .reduce((sum, spent) => sum + spent, 0),
    fuzzing: state.fuzzing,
    coverageFloors: floorsOf(property, state),
    ...(state.recalled.size > 0 && {
      cached: { proofs: state.recalled.size, findings: 0, executions: 0 },
    }),
    notes: state.notes,
  });
}

const floorsOf = ({ coverageFloors }: Subject['property'], { fuzzing }: State): CoverageFloor[] =>
  coverageFloors.map(({ criterion, required }) => ({
    criterion,
    required,
    reached: fuzzing?.coverage.find((summary) => summary.criterion === criterion)?.covered ?? null,
  }));

function treeOf({ branchProofs, recalledTrees }: State, at: number): SearchTree | undefined {
  const proofs = branchProofs.get(at)?.flatMap(({ proof }) => proof ?? []);
  return proofs === undefined
    ? recalledTrees.get(at)
    : searchTreeOf(proofs.map(({ root, places }) => ({ root, places })));
}

/** Where tests are enough, a proof that nobody checked is no less than them. */
function counts({ expect, unchecked }: Property, check: Check | undefined): boolean {
  if (expect === 'tested' || unchecked === 'allowed' || check?.kind === 'accepted') return true;
  return unchecked === 'unsupported' && check?.kind === 'unsupported';
}

export function verdictOf(subject: Subject, state: State, at: number, deadline: Deadline): Verdict {
  const bound = state.bounds[at] ?? -Infinity;
  if (bound > 0) {
    return {
      kind: 'proved',
      method: state.methods.get(at) ?? 'ibp',
      arithmetic: 'deployed',
      margin: subject.hasMargin && !state.recalled.has(at) ? bound : null,
      ...checkOf(state.checks.get(at)),
    };
  }
  const witness = state.witnesses.get(at);
  if (witness !== undefined) return { kind: 'violated', witness };
  const executions = state.executions[at] ?? 0;
  if (deadline.interrupted()) return { kind: 'unknown', reason: 'interrupted', detail: 'stopped by Ctrl-C' };
  if (subject.property.expect === 'proved') return unproved(state, at);
  if (executions > 0)
    return { kind: 'tested', executions, smallestMargin: finiteOrNull(state.smallestMargin[at]) };
  const reason = deadline.expired() ? 'timeout' : 'no-executions';
  return { kind: 'unknown', reason, detail: 'the budget ended before this instance was executed' };
}

const checkOf = (check: Check | undefined) =>
  check?.kind === 'accepted'
    ? { checked: true, certificates: check.certificates }
    : { checked: false, unchecked: check?.why ?? 'it was not asked for' };

/** Where a proof was asked for, tests do not answer: the reason that there is none does. */
function unproved({ unbounded, ...state }: State, at: number): Verdict {
  const bound = state.bounds[at] ?? -Infinity;
  const searched = `no violation in ${plural(state.executions[at] ?? 0, 'execution')}`;
  if (unbounded !== undefined)
    return { kind: 'unknown', reason: 'unsupported-operator', detail: `${unbounded}; ${searched}` };
  const found = Number.isFinite(bound)
    ? `bounds allow a margin of ${bound.toPrecision(4)}`
    : 'bounds decide nothing';
  const parts = [state.subproblems, state.cells, state.splits].reduce(
    (sum, counts) => sum + (counts.get(at) ?? 0),
    0,
  );
  const branched = parts === 0 ? '' : ` after ${plural(parts, 'sub-problem')}`;
  return { kind: 'unknown', reason: 'loose-bounds', detail: `${found}${branched}; ${searched}` };
}

const finiteOrNull = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;
