// The lines of a terminal that are rewritten in place. Written here because listr2 and its like draw a fixed list of
// tasks and keep all of it on the screen; ours prints finished lines for good and redraws only the running ones.
import type { Output } from './options.js';

const csi = '\u001b[';
const hideCursor = `${csi}?25l`;
const showCursor = `${csi}?25h`;

export type Screen = {
  /** Replaces the live lines; each is cut to the width of the terminal. */
  draw(lines: readonly string[]): void;
  /** Prints text for good, above the live lines. */
  print(text: string): void;
  /** Removes the live lines and shows the cursor. */
  close(): void;
};

/** @param onExit calls back when the process ends, and returns how to cancel that: a hidden cursor outlives us */
export function createScreen(stream: Output, onExit: (restore: () => void) => () => void): Screen {
  let live: readonly string[] = [];
  let release: (() => void) | undefined;

  const open = () => {
    release ??= onExit(() => stream.write(showCursor));
  };
  const draw = (lines: readonly string[]) => {
    open();
    const columns = columnsOf(stream);
    const before = erase(live, columns);
    // One column stays free: a full line makes some terminals wrap. One row, for the cursor.
    live = lines.slice(0, Math.max(1, (stream.rows || 24) - 1)).map((line) => cut(line, columns - 1));
    stream.write(`${hideCursor}${before}${live.map((line) => `${line}\n`).join('')}`);
  };
  const print = (text: string) => {
    const kept = live;
    stream.write(`${erase(live, columnsOf(stream))}${text}\n`);
    live = [];
    if (kept.length > 0) draw(kept);
  };
  const close = () => {
    if (release === undefined) return;
    stream.write(`${erase(live, columnsOf(stream))}${showCursor}`);
    live = [];
    release();
    release = undefined;
  };
  return { draw, print, close };
}

// Some pseudo-terminals say that they have 0 columns.
const columnsOf = (stream: Output): number => stream.columns || 80;

/** Up to the first live line, counting those that wrapped because the terminal has become narrower since. */
function erase(live: readonly string[], columns: number): string {
  const height = live.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
  return height === 0 ? '' : `\r${csi}${height}A${csi}J`;
}

// Colours (zero columns wide) or one character.
const pieces = new RegExp(`${'\u001b'}\\[[0-9;]*m|.`, 'gsu');

/** Columns, at most: every character beyond the first scripts is taken to be wide, which can only cut too early. */
export const widthOf = (text: string): number =>
  (text.match(pieces) ?? []).reduce((sum, piece) => sum + pieceWidth(piece), 0);

function pieceWidth(piece: string): number {
  if (piece.startsWith('\u001b')) return 0;
  const point = piece.codePointAt(0) ?? 0;
  const narrow = point < 0x1100 || (point >= 0x2010 && point <= 0x28ff);
  return narrow ? 1 : 2;
}

/** At most `columns` wide; keeps every colour code, so that what was opened is closed. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let used = 0;
  let result = '';
  let full = false;
  for (const piece of text.match(pieces) ?? []) {
    const width = pieceWidth(piece);
    if (width > 0 && !full && used + width > columns - 1) {
      result += '…';
      full = true;
    }
    if (full && width > 0) continue;
    used += width;
    result += piece;
  }
  return result;
}
