// The parts of a run, joined into the report that one run would give.
import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../base/user-error.js';
import { closestShown, hardestShown, worstShown } from './evidence-shown.js';
import { gateOf, judged, tally } from './gate.js';
import { joinedShare } from './proved-share.js';
import type {
  BaselineSummary,
  FuzzingSummary,
  InstanceReport,
  PropertyReport,
  RunReport,
  ShardRef,
  StaleEntry,
} from './report.js';

export type Part = { readonly report: RunReport; readonly file: string };
type Shard = Part & { readonly shard: ShardRef };

/** @throws UserError INVALID_FINDING where they are no parts of one run, or not all of them */
export function mergeParts(given: readonly Part[]): RunReport {
  const [first, ...others] = inOrder(given);
  for (const other of others) requireSameRun(first, other);
  const parts = [first, ...others];
  const reports = parts.map(({ report }) => report);
  let before = 0;
  const properties = first.report.properties.map((_, at) => {
    const joined = joinProperty(parts, at, before);
    before += joined.instances.filter(isShared).length;
    return joined;
  });
  const interrupted = reports.some((report) => report.interrupted);
  const baseline = joinBaselines(reports);
  const gate = gateOf({ properties, interrupted, baseline });
  const { shard: _, ...rest } = first.report;
  return { ...rest, gate, interrupted, properties, baseline, timing: timingOf(reports) };
}

/** Side by side, parts take as long as the longest. */
const timingOf = (reports: readonly RunReport[]): RunReport['timing'] => ({
  startedAt: reports.map(({ timing }) => timing.startedAt).sort()[0] ?? '',
  totalMs: Math.max(...reports.map(({ timing }) => timing.totalMs)),
  workers: reports.reduce((sum, { timing }) => sum + timing.workers, 0),
});

function inOrder(given: readonly Part[]): [Shard, ...Shard[]] {
  const shards = given.map((part): Shard => {
    const { shard } = part.report;
    if (shard !== undefined) return { ...part, shard };
    throw refused(
      part.file,
      'is the report of a whole run, not of a part',
      'parts come from "marauder check --shard 1/3"',
    );
  });
  const [first, ...others] = shards.toSorted((a, b) => a.shard.index - b.shard.index);
  if (first === undefined) throw new RangeError('no parts to merge');
  const { count } = first.shard;
  const odd = others.find(({ shard }) => shard.count !== count);
  if (odd !== undefined)
    throw refused(
      odd.file,
      `is part ${words(odd.shard)}, but ${first.file} is part ${words(first.shard)}`,
      oneRun,
    );
  requireEachOnce([first, ...others], count);
  return [first, ...others];
}

const words = ({ index, count }: ShardRef): string => `${index} of ${count}`;
const oneRun = 'give the parts of one run: of one policy, seed, version and number of parts';

function requireEachOnce(parts: readonly Shard[], count: number): void {
  for (let index = 1; index <= count; index++) {
    const [first, second] = parts.filter(({ shard }) => shard.index === index);
    if (second !== undefined)
      throw refused(
        second.file,
        `is part ${words(second.shard)}, which ${first?.file} is already`,
        'give each part once',
      );
    if (first === undefined)
      throw refused(
        parts[0]?.file ?? '',
        `has ${count} parts, of which number ${index} is missing`,
        'give all parts',
      );
  }
}

const same = ['schemaVersion', 'tool', 'arithmetic', 'seed', 'models', 'data'] as const;

function requireSameRun(first: Shard, other: Shard): void {
  const differs =
    first.report.policy.sha256 === other.report.policy.sha256
      ? same.find((key) => !isDeepStrictEqual(first.report[key], other.report[key]))
      : 'policy';
  if (differs === undefined && sameProperties(first, other)) return;
  throw refused(
    other.file,
    `is of another run than ${first.file}: "${differs ?? 'properties'}" differs`,
    oneRun,
  );
}

const sameProperties = (first: Shard, other: Shard): boolean =>
  isDeepStrictEqual(
    first.report.properties.map(({ name }) => name),
    other.report.properties.map(({ name }) => name),
  );

function joinProperty(parts: readonly Shard[], at: number, before: number): PropertyReport {
  const own = parts.flatMap(({ report }) => report.properties[at] ?? []);
  const [first] = own;
  if (first === undefined) throw new RangeError('a property without parts');
  const shared = closestShown(hardestShown(interleaved(parts, own, before)));
  const instances = worstShown([...shared, ...joinedFurther(own)], first.findings);
  const sum = (of: (property: PropertyReport) => number) => own.reduce((total, each) => total + of(each), 0);
  const longest = (key: keyof PropertyReport['timing']) =>
    Math.max(...own.map(({ timing }) => timing[key] ?? 0));
  return judged({
    ...first,
    instances,
    verdicts: tally(instances),
    coverageFloors: joinFloors(own),
    executions: sum(({ executions }) => executions),
    subproblems: sum(({ subproblems }) => subproblems),
    fuzzing: joinFuzzing(own.flatMap(({ fuzzing }) => fuzzing ?? [])),
    notes: [...new Set(own.flatMap(({ notes }) => notes))],
    timing: {
      proveMs: longest('proveMs'),
      attackMs: longest('attackMs'),
      fuzzMs: longest('fuzzMs'),
      checkMs: longest('checkMs'),
      totalMs: longest('totalMs'),
    },
  });
}

/** What has to pass by itself was not dealt out: every part has its part of it. */
const isShared = ({ required }: InstanceReport): boolean => required === undefined;

function joinedFurther(own: readonly PropertyReport[]): InstanceReport[] {
  const [first, ...others] = own.flatMap(({ instances }) => instances.filter((one) => !isShared(one)));
  return first === undefined ? [] : [joinedShare(first, others)];
}

/** Instances were dealt out turn by turn, so they are taken back in the same turns. */
function interleaved(
  parts: readonly Shard[],
  own: readonly PropertyReport[],
  before: number,
): InstanceReport[] {
  const dealt = own.map(({ instances }) => instances.filter(isShared));
  const total = dealt.reduce((sum, instances) => sum + instances.length, 0);
  const taken = own.map(() => 0);
  return Array.from({ length: total }, (_, instance) => {
    const part = (before + instance) % parts.length;
    const found = dealt[part]?.[taken[part] ?? 0];
    if (found === undefined)
      throw refused(parts[part]?.file ?? '', `has too few instances of property "${own[0]?.name}"`, oneRun);
    taken[part] = (taken[part] ?? 0) + 1;
    return found;
  });
}

/** What is covered by the parts together is at least what one of them covers. */
function joinFuzzing(parts: readonly FuzzingSummary[]): FuzzingSummary | null {
  const [first] = parts;
  if (first === undefined) return null;
  return {
    ...first,
    executions: parts.reduce((sum, { executions }) => sum + executions, 0),
    corpusSize: parts.reduce((sum, { corpusSize }) => sum + corpusSize, 0),
    coverage: first.coverage.map((summary) => {
      const all = parts.flatMap(({ coverage }) =>
        coverage.filter((each) => each.criterion === summary.criterion),
      );
      const covered = all.flatMap((each) => each.covered ?? []);
      return {
        ...summary,
        kept: all.reduce((sum, { kept }) => sum + kept, 0),
        covered: covered.length === 0 ? null : Math.max(...covered),
      };
    }),
  };
}

/** Of each floor what one part reached is reached by all together. */
const joinFloors = (own: readonly PropertyReport[]): PropertyReport['coverageFloors'] =>
  (own[0]?.coverageFloors ?? []).map((floor, at) => {
    const reached = own.flatMap(({ coverageFloors }) => coverageFloors[at]?.reached ?? []);
    return { ...floor, reached: reached.length === 0 ? null : Math.max(...reached) };
  });

/** An entry is stale where no part needs it: of a row that another part has, a part says that there is none. */
function joinBaselines(reports: readonly RunReport[]): BaselineSummary | null {
  const [first, ...others] = reports.map(({ baseline }) => baseline);
  if (first === undefined || first === null) return null;
  const found = others.flatMap((baseline) => baseline ?? []);
  const alike = (a: StaleEntry) => (b: StaleEntry) => a.property === b.property && a.instance === b.instance;
  const stale = first.stale.flatMap((entry) => {
    const same = [entry, ...found.flatMap((baseline) => baseline.stale.find(alike(entry)) ?? [])];
    if (same.length < reports.length) return [];
    return same.find(({ why }) => why !== 'no-instance') ?? entry;
  });
  return { ...first, accepted: found.reduce((sum, { accepted }) => sum + accepted, first.accepted), stale };
}

const refused = (where: string, problem: string, hint: string): UserError =>
  new UserError('INVALID_FINDING', { where, problem, hint });
