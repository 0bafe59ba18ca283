// The live screen of a campaign, as lines: pure, so that it can be tested at any width. Numbers, curves and words stand below
// each other; what matters most comes first, since a small terminal shows only the upper lines.
import { rate } from '../../report/rate.js';
import { sparkline } from '../../report/sparkline.js';
import type { Paint, Style } from '../../report/style.js';
import { approximately, count, oneLine, percent, plural, wholeSeconds } from '../../report/words.js';
import { ranked, type Session, speedOf, speeds } from './session.js';

export type LiveText = {
  readonly style: Style;
  /** Of the curves, from low to high. */
  readonly glyphs: string;
  readonly columns: number;
  readonly now: number;
  /** Milliseconds left; undefined where executions are what is counted. */
  readonly leftMs: number | undefined;
  readonly executions: number | undefined;
  readonly seed: number;
  readonly runsBefore: number;
};

const labelWidth = 11;
const valueWidth = 12;
/** For words to the right of the curves. */
const wordsWidth = 25;
const curveWidths = { least: 8, greatest: 40 };

export function liveText(session: Session, text: LiveText): string[] {
  if (session.latest === undefined) return [headText(session, text), `${label('', text)}compiling`];
  return [
    headText(session, text),
    executionsText(session, text),
    corpusText(session, text),
    ...findingsText(session, text),
    ...coverageText(session, text),
    ...stagesText(session, text),
  ];
}

const label = (text: string, { style }: LiveText): string => style.faint(text.padEnd(labelWidth));

type Row = {
  readonly head: string;
  readonly value: string;
  readonly curve: readonly number[];
  readonly words: string;
  readonly paint: Paint;
  /** What the lowest glyph stands for; default: the least value. */
  readonly least?: number;
};

function rowText({ head, value, curve, words, paint, ...levels }: Row, text: LiveText): string {
  const room = Math.min(curveWidths.greatest, text.columns - 1 - labelWidth - valueWidth - 2 - wordsWidth);
  const drawn =
    room < curveWidths.least ? '' : `${paint(sparkline(curve, room, { glyphs: text.glyphs, ...levels }))}  `;
  return `${label(head, text)}${value.padEnd(valueWidth)}${drawn}${words}`;
}

function headText(session: Session, { style, now, leftMs, seed, runsBefore }: LiveText): string {
  const left = leftMs === undefined ? '' : `, ${wholeSeconds(Math.max(leftMs, 0))} left`;
  const resumed = runsBefore === 0 ? '' : ` · resumed, run ${runsBefore + 1}`;
  const passed = wholeSeconds(now - session.startedAt);
  return `${style.strong(oneLine(session.name))}  ${passed}${left}  ${style.faint(`seed ${seed}${resumed}`)}`;
}

function executionsText(session: Session, text: LiveText): string {
  const done = count(session.latest?.executions ?? 0);
  const words = text.executions === undefined ? `${done} executions` : `${done} of ${count(text.executions)}`;
  const value = rate(speedOf(session, text.now));
  const curve = speeds(session);
  return rowText({ head: 'speed', value, curve, words, paint: text.style.good, least: 0 }, text);
}

function corpusText({ latest, samples, lastNewAt }: Session, text: LiveText): string {
  const value = count(latest?.corpusSize ?? 0);
  const curve = samples.map(({ corpusSize }) => corpusSize);
  const words = `new ${wholeSeconds(text.now - lastNewAt)} ago`;
  return rowText({ head: 'corpus', value, curve, words, paint: text.style.good }, text);
}

/** How many, in how many clusters; by objective where there are several; the clearest of all, and where it is. */
function findingsText(session: Session, text: LiveText): string[] {
  const { findings, clusters, samples, lastFoundAt } = session;
  const { style, now } = text;
  const [best] = ranked(session);
  if (best === undefined) return [`${label('findings', text)}${style.good('none')}`];
  const curve = samples.map((sample) => sample.findings);
  const words = `${plural(clusters, 'cluster')}, last ${wholeSeconds(now - lastFoundAt)} ago`;
  const value = count(findings.length);
  const { margin, summary, finding } = best.witness;
  const clearest = `${best.instance}: ${oneLine(summary)}${margin === null ? '' : `, margin ${approximately(margin)}`}`;
  return [
    rowText({ head: 'findings', value, curve, words, paint: style.bad }, text),
    ...objectivesText(session).map((line) => `${label('', text)}${line}`),
    `${label('clearest', text)}${style.bad(clearest)}`,
    `${label('', text)}${style.faint(finding)}`,
  ];
}

function objectivesText({ findings }: Session): string[] {
  const counts = new Map<string, number>();
  for (const { objective } of findings) counts.set(objective, (counts.get(objective) ?? 0) + 1);
  const parts = [...counts].map(([objective, some]) => `${count(some)} ${oneLine(objective)}`);
  return parts.length > 1 ? [parts.join(' · ')] : [];
}

const coverageText = ({ latest, samples }: Session, text: LiveText): string[] =>
  (latest?.coverage ?? []).map(({ criterion, covered, kept }, at) => {
    const value = covered === null ? `${count(kept)} kept` : percent(covered);
    const curve = samples.map(({ coverage }) => coverage[at] ?? Number.NaN);
    const head = at === 0 ? 'coverage' : '';
    return rowText({ head, value, curve, words: criterion, paint: text.style.good }, text);
  });

const stagesShown = 5;

/** Those that have brought most, as that order changes least. */
function stagesText({ latest }: Session, text: LiveText): string[] {
  const stages = latest?.stages ?? [];
  const width = stages.reduce((most, { name }) => Math.max(most, name.length), 0);
  const best = [...stages].sort((a, b) => b.reward - a.reward).slice(0, stagesShown);
  return best.map(({ name, share, reward, executions }, at) => {
    const gain =
      reward < 0.5
        ? 'nothing new'
        : `${count(Math.round(reward))} new, one in ${count(Math.max(1, Math.round(executions / reward)))}`;
    const head = at === 0 ? 'stages' : '';
    return `${label(head, text)}${name.padEnd(width)}  ${percent(share, 0).padStart(5)}  ${text.style.faint(gain)}`;
  });
}
