// What `marauder prove` found, as data.
import type { VnnlibProperty } from '../../policy/vnnlib/property.js';
import type { Outcome, UnknownReason } from '../../verify/decide.js';
import type { HashedFile } from '../bounds/result.js';
import type { ProveOptions } from '../options.js';
import type { Checked } from './checked.js';
import type { Subject } from './subject.js';

/** What `--json` prints. */
export type ProveResult = {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: 'marauder'; readonly version: string; readonly onnxruntime: string };
  /** Of the first network. */
  readonly model: HashedFile;
  /** As the property names them; "network" in VNN-LIB 1.0. */
  readonly networks: readonly (HashedFile & { readonly name: string })[];
  readonly property: { readonly file: string; readonly version: '1.0' | '2.0' };
  readonly arithmetic: ProveOptions['arithmetic'];
  readonly seed: number;
  readonly verdict: Outcome['verdict'];
  /**
   * Proved: every input misses some constraint of each disjunct by at least this. Violated: by how much the counterexample
   * satisfies the constraint that it satisfies least. Unknown: the best bound so far, negative. null where there is none.
   * A proof by clipping gives the least positive number: nothing more is known of the parts that were clipped away.
   */
  readonly margin: number | null;
  /** Why it is unknown; null where it is not. */
  readonly reason: UnknownReason | null;
  readonly detail: string | null;
  /** Whether the independent checker accepted the proof. */
  readonly checked: boolean;
  /** Why a proof is not checked; null where it is, and where there is none. */
  readonly unchecked: string | null;
  readonly certificate: { readonly file: string; readonly bytes: number } | null;
  readonly counterexample: CounterexampleResult | null;
  readonly disjuncts: {
    readonly total: number;
    /** Without any input, as the file states them. */
    readonly emptyInFile: number;
    readonly proved: number;
    readonly open: number;
    /** The least that the attack saw an open disjunct be missed by. */
    readonly leastMarginSeen: number | null;
  };
  readonly executions: number;
  readonly subproblems: number;
  readonly strategy: readonly string[];
  readonly timing: {
    readonly totalMs: number;
    /** Reading the property, reading and opening the model. */
    readonly openingMs: number;
    readonly attackMs: number;
    readonly boundsMs: number;
    readonly branchingMs: number;
    /** Making and checking the certificate. */
    readonly checkingMs: number;
    readonly workers: number;
  };
};

export type CounterexampleResult = {
  readonly folder: string;
  /** Number in the file, empty disjuncts left out. */
  readonly disjunct: number;
  readonly foundBy: 'attack' | 'branching';
};

export type About = {
  readonly tool: ProveResult['tool'];
  readonly networks: Subject['networks'];
  readonly property: VnnlibProperty;
  readonly options: ProveOptions;
  /** Folder of the counterexample; undefined where there is none. */
  readonly folder: string | undefined;
  readonly certificate: Checked | undefined;
  readonly openingMs: number;
  readonly totalMs: number;
};

export function resultOf(outcome: Outcome, about: About): ProveResult {
  const { tool, networks, property, options, folder } = about;
  const hashed = ({ file, model }: (typeof networks)[number]) => ({ file, sha256: model.sha256 });
  const { statistics, disjuncts } = outcome;
  const { attack, bounds, branching } = statistics.timing;
  const inState = (wanted: string) => disjuncts.filter(({ state }) => state === wanted);
  const open = inState('open');
  return {
    schemaVersion: 1,
    tool,
    model: hashed(networks[0]),
    networks: networks.map((each) => ({ name: each.network.name, ...hashed(each) })),
    property: { file: options.property, version: property.version },
    arithmetic: options.arithmetic,
    seed: options.seed,
    verdict: outcome.verdict,
    margin: known(outcome.verdict === 'violated' ? outcome.slack : outcome.bound),
    reason: outcome.verdict === 'unknown' ? outcome.reason : null,
    detail: outcome.verdict === 'unknown' ? (outcome.detail ?? null) : null,
    checked: about.certificate?.checked ?? false,
    unchecked: about.certificate?.unchecked ?? null,
    certificate: about.certificate?.written ?? null,
    counterexample:
      outcome.verdict === 'violated' && folder !== undefined
        ? { folder, disjunct: outcome.disjunct, foundBy: outcome.foundBy }
        : null,
    disjuncts: {
      total: disjuncts.length,
      emptyInFile: property.emptyDisjuncts,
      proved: inState('empty').length,
      open: open.length,
      leastMarginSeen: known(open.reduce((least, { leastMargin }) => Math.min(least, leastMargin), Infinity)),
    },
    executions: statistics.executions,
    subproblems: statistics.subproblems,
    strategy: statistics.strategy,
    timing: {
      totalMs: about.totalMs,
      openingMs: about.openingMs,
      attackMs: attack,
      boundsMs: bounds,
      branchingMs: branching,
      checkingMs: about.certificate?.checkingMs ?? 0,
      workers: options.workers,
    },
  };
}

/** JSON has neither infinities nor NaN. */
const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
