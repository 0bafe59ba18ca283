// The live screen of a campaign, as lines: pure, so that it can be tested at any width.
import { sparkline } from '../../report/sparkline.js';
import type { Style } from '../../report/style.js';
import { count, duration, oneLine, percent, plural } from '../../report/words.js';
import { rates, type Session } from './session.js';

export type LiveText = {
  readonly style: Style;
  readonly columns: number;
  readonly now: number;
  /** Milliseconds left; undefined where executions are what is counted. */
  readonly leftMs: number | undefined;
  readonly executions: number | undefined;
  readonly seed: number;
  readonly runsBefore: number;
};

const label = (text: string, { faint }: Style): string => faint(text.padEnd(11));
const sparkWidth = (columns: number): number => Math.max(8, Math.min(40, columns - 64));

export function liveText(session: Session, text: LiveText): string[] {
  const { latest } = session;
  if (latest === undefined) return [headText(session, text), `${label('', text.style)}compiling`];
  return [
    headText(session, text),
    executionsText(session, text),
    corpusText(session, text),
    ...coverageText(session, text),
    ...findingsText(session, text),
    ...stagesText(session, text),
  ];
}

function headText(session: Session, { style, now, leftMs, executions, seed, runsBefore }: LiveText): string {
  const passed = duration(now - session.startedAt);
  const goal =
    leftMs === undefined
      ? executions === undefined
        ? ''
        : ` of ${count(executions)} executions`
      : `, ${duration(Math.max(leftMs, 0))} left`;
  const resumed = runsBefore === 0 ? '' : ` · resumed, run ${runsBefore + 1}`;
  return `${style.strong(oneLine(session.name))}  ${passed}${goal}  ${style.faint(`seed ${seed}${resumed}`)}`;
}

function executionsText(session: Session, { style, columns }: LiveText): string {
  const speeds = rates(session);
  const speed = count(Math.round(speeds.at(-1) ?? 0));
  const spark = sparkline(speeds, sparkWidth(columns));
  return `${label('executions', style)}${count(session.latest?.executions ?? 0).padEnd(14)}${`${speed}/s`.padEnd(14)}${style.good(spark)}`;
}

function corpusText(session: Session, { style, columns, now }: LiveText): string {
  const size = count(session.latest?.corpusSize ?? 0);
  const sizes = session.samples.map(({ corpusSize }) => corpusSize);
  const last = `new ${duration(now - session.lastNewAt)} ago`;
  return `${label('corpus', style)}${size.padEnd(14)}${last.padEnd(14)}${style.good(sparkline(sizes, sparkWidth(columns)))}`;
}

const coverageText = (session: Session, { style, columns }: LiveText): string[] =>
  (session.latest?.coverage ?? []).map(({ criterion, covered, kept }, at) => {
    const value = covered === null ? `${count(kept)} kept` : percent(covered);
    const spark = sparkline(
      session.samples.map(({ coverage }) => coverage[at] ?? 0),
      sparkWidth(columns),
    );
    const head = at === 0 ? 'coverage' : '';
    return `${label(head, style)}${criterion.padEnd(28)}${style.good(spark)} ${value}`;
  });

/** By objective: how many, in how many clusters; the clearest of all. */
function findingsText({ findings, clusters }: Session, { style }: LiveText): string[] {
  if (findings.length === 0) return [`${label('findings', style)}${style.good('none')}`];
  const kinds = [...new Set(findings.map(({ objective }) => objective))].map((objective) => {
    const some = findings.filter((finding) => finding.objective === objective);
    return `${oneLine(objective)} ${count(some.length)}`;
  });
  const last = findings.at(-1);
  return [
    `${label('findings', style)}${style.bad(kinds.join(' · '))}  ${style.faint(`in ${plural(clusters, 'cluster')}`)}`,
    ...(last === undefined
      ? []
      : [`${label('', style)}${style.faint(`last: ${last.instance}, ${oneLine(last.witness.summary)}`)}`]),
  ];
}

const stagesShown = 5;

function stagesText({ latest }: Session, { style }: LiveText): string[] {
  const busiest = [...(latest?.stages ?? [])].sort((a, b) => b.share - a.share).slice(0, stagesShown);
  return busiest.map(({ name, share, reward, executions }, at) => {
    const perMillion = executions === 0 ? 0 : (reward * 1e6) / executions;
    const gain = `${count(Math.round(reward))} new, ${perMillion.toPrecision(3)} per million`;
    return `${label(at === 0 ? 'stages' : '', style)}${name.padEnd(28)}${percent(share).padStart(7)}  ${style.faint(gain)}`;
  });
}
