import { PassThrough } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { createStyle } from '../../../src/cli/color.js';
import { createProgress } from '../../../src/cli/progress.js';
import { createScreen, cut, widthOf } from '../../../src/cli/screen.js';
import { plain } from '../../../src/report/style.js';

const show = '\u001b[?25h';
const hide = '\u001b[?25l';
const properties = [{ name: 'first' }, { name: 'second' }];

/** A stream that records what it is given; `take` empties the record. */
function recorder(terminal: { columns: number; rows: number } | undefined) {
  const stream = Object.assign(new PassThrough(), { isTTY: terminal !== undefined, ...terminal });
  return { stream, take: () => `${stream.read() ?? ''}` };
}

function setUp(terminal?: { columns: number; rows: number }, signal?: AbortSignal) {
  const out = recorder(terminal);
  let now = 0;
  const exits = new Set<() => void>();
  const onExit = (callback: () => void) => {
    exits.add(callback);
    return () => exits.delete(callback);
  };
  const progress = createProgress(out.stream, plain, properties, { clock: () => now, onExit, signal });
  const sleep = (ms: number) => {
    now += ms;
  };
  return { ...out, progress, sleep, exits };
}

test('elsewhere than on a terminal only results are printed', () => {
  const { progress, take } = setUp();
  progress.start(0);
  progress.update(0, 'busy');
  progress.finish(0, 'result');
  progress.stop();
  expect(take()).toBe('result\n');
});

describe('on a terminal', () => {
  test('updates are drawn at most ten times a second', () => {
    const { progress, take, sleep } = setUp({ columns: 80, rows: 24 });
    progress.start(0);
    take();
    for (let step = 0; step < 1000; step++) {
      sleep(1);
      progress.update(0, `step ${step}`);
    }
    expect(take().match(/step/g)).toHaveLength(10);
    progress.stop();
  });

  test('the spinner turns without updates', () => {
    vi.useFakeTimers();
    try {
      const { progress, take, sleep } = setUp({ columns: 80, rows: 24 });
      progress.start(1);
      expect(take()).toContain('⠋ 2/2 second');
      sleep(100);
      vi.advanceTimersByTime(100);
      expect(take()).toContain('⠙ 2/2 second');
      progress.stop();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test('results stay, running lines go, and the cursor comes back', () => {
    const { progress, take, exits } = setUp({ columns: 80, rows: 24 });
    progress.start(0);
    expect(take()).toContain(hide);
    expect(exits.size).toBe(1);
    progress.finish(0, 'result');
    progress.stop();
    expect(take()).toMatch(/result\n[\s\S]*\?25h$/);
    expect(exits.size).toBe(0);
    progress.finish(1, 'late');
    progress.update(1, 'late');
    progress.stop();
    expect(take()).toBe('');
  });

  test('the cursor comes back even where nobody stops the display', () => {
    const { progress, take, exits } = setUp({ columns: 80, rows: 24 });
    progress.start(0);
    take();
    for (const leave of exits) leave();
    expect(take()).toBe(show);
    progress.stop();
  });

  test('Ctrl-C is answered, above the running lines', () => {
    const controller = new AbortController();
    const { progress, take } = setUp({ columns: 80, rows: 24 }, controller.signal);
    progress.start(0);
    take();
    controller.abort();
    expect(take()).toMatch(/interrupted: [^\n]*\n[\s\S]*first/);
    progress.stop();
  });
});

describe('screen', () => {
  const screen = (terminal: { columns: number; rows: number }) => {
    const out = recorder(terminal);
    return { ...out, screen: createScreen(out.stream, () => () => {}) };
  };

  test('never draws more than fits', () => {
    const { screen: narrow, take } = screen({ columns: 10, rows: 3 });
    narrow.draw(['a line that is far too long', 'second', 'third', 'fourth']);
    expect(take()).toBe(`${hide}a line t…\nsecond\n`);
  });

  test('erases the rows that a line takes once the terminal is narrower', () => {
    const { screen: resized, stream, take } = screen({ columns: 40, rows: 24 });
    resized.draw(['x'.repeat(30)]);
    take();
    stream.columns = 12;
    resized.draw(['y']);
    expect(take()).toBe(`${hide}\r\u001b[3A\u001b[Jy\n`);
  });

  test('a terminal that does not know its size', () => {
    const { screen: unsized, take } = screen({ columns: 0, rows: 0 });
    unsized.draw(['text']);
    expect(take()).toBe(`${hide}text\n`);
  });
});

test('widths and cuts count columns, not characters or colour codes', () => {
  const { bad } = createStyle(true);
  expect(widthOf(bad('ab…'))).toBe(3);
  expect(widthOf('長い')).toBe(4);
  expect(cut(bad('abcdef'), 4)).toBe(bad('abc…'));
  expect(cut('長い名前', 6)).toBe('長い…');
  expect(cut('abc', 3)).toBe('abc');
});
