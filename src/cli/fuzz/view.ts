// What the user sees while a campaign runs: a live screen on a terminal, elsewhere a line for every finding and now and then
// one for the state.

import type { FuzzProgress } from '../../fuzz/events.js';
import { rate } from '../../report/rate.js';
import type { Style } from '../../report/style.js';
import { approximately, count, duration, oneLine, percent, plural } from '../../report/words.js';
import { glyphsFor } from '../glyphs.js';
import type { Io } from '../options.js';
import { createScreen } from '../screen.js';
import { type LiveText, liveText } from './live-text.js';
import { type FoundHere, observe, type Session, speedOf } from './session.js';

export type View = {
  progress(state: FuzzProgress): void;
  /** @param isFirst whether it is the first of its kind, and not a clearer one */
  found(finding: FoundHere, isFirst: boolean): void;
  /** Text that stays. */
  note(text: string): void;
  stop(): void;
};

export type ViewSettings = Pick<LiveText, 'executions' | 'seed' | 'runsBefore'> & {
  leftMs(): number | undefined;
};

const frameMs = 100;
const plainMs = 10_000;
const stopping = 'interrupted: saving what is known so far; press Ctrl-C again to leave at once';

export const createView = (session: Session, settings: ViewSettings, io: Io): View =>
  io.stdout.isTTY === true ? liveView(session, settings, io) : plainView(session, io);

function liveView(session: Session, { leftMs, ...settings }: ViewSettings, io: Io): View {
  const { stdout, style, clock, signal } = io;
  const glyphs = glyphsFor(io.env);
  const screen = createScreen(stdout, (restore) => {
    process.once('exit', restore);
    return () => process.off('exit', restore);
  });
  let drawnAt = Number.NEGATIVE_INFINITY;
  let stopped = false;
  const draw = () => {
    drawnAt = clock();
    const columns = stdout.columns || 80;
    screen.draw(liveText(session, { ...settings, style, glyphs, columns, now: drawnAt, leftMs: leftMs() }));
  };
  const drawIfDue = () => {
    if (!stopped && clock() - drawnAt >= frameMs) draw();
  };
  const timer = setInterval(drawIfDue, frameMs);
  timer.unref();
  const interrupted = () => screen.print(style.warn(stopping));
  signal.addEventListener('abort', interrupted, { once: true });
  return {
    progress(state) {
      observe(session, state, clock());
      drawIfDue();
    },
    found: drawIfDue,
    note: (text) => screen.print(text),
    stop() {
      stopped = true;
      clearInterval(timer);
      signal.removeEventListener('abort', interrupted);
      screen.close();
    },
  };
}

function plainView(session: Session, { stdout, style, clock }: Io): View {
  let saidAt = clock();
  return {
    progress(state) {
      const now = clock();
      observe(session, state, now);
      if (now - saidAt < plainMs) return;
      saidAt = now;
      stdout.write(`${stateLine(session, now)}\n`);
    },
    found: (finding, isFirst) => {
      if (isFirst && !finding.isEarlier) stdout.write(`${findingLine(finding, style)}\n`);
    },
    note: (text) => stdout.write(`${text}\n`),
    stop: () => {},
  };
}

function stateLine(session: Session, now: number): string {
  const { latest, startedAt, findings } = session;
  const coverage = (latest?.coverage ?? []).flatMap(({ criterion, covered }) =>
    covered === null ? [] : [`${criterion} ${percent(covered)}`],
  );
  return [
    `${duration(now - startedAt)}:`,
    [
      `${count(latest?.executions ?? 0)} executions (${rate(speedOf(session, now))})`,
      `corpus ${count(latest?.corpusSize ?? 0)}`,
      ...coverage,
      plural(findings.length, 'finding'),
    ].join(' · '),
  ].join(' ');
}

export function findingLine({ objective, instance, witness }: FoundHere, style: Style): string {
  const margin = witness.margin === null ? '' : `, margin ${approximately(witness.margin)}`;
  const { linfDistance } = witness;
  const distance =
    linfDistance === null
      ? ''
      : linfDistance === 0
        ? ', the row itself'
        : `, linf ${approximately(linfDistance)}`;
  const what = `${instance}: ${oneLine(witness.summary)}${margin}${distance}`;
  return `${style.bad('✗')} ${oneLine(objective)}  ${what}  ${style.faint(witness.finding)}`;
}
