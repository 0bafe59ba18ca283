// A number as a bar from zero, for the cells of tables.
import { percentOf } from './bars.js';
import { html, type Markup } from './markup.js';

/** What all bars of a table share. */
export type Span = { readonly low: number; readonly high: number };

/** Holds zero and all finite values. */
export const spanOf = (values: Iterable<number>): Span => {
  let [low, high] = [0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { low, high };
};

/**
 * Bars below each other. Hidden from screen readers: the numbers stand beside them. Infinite ones reach the end; what is no number has
 * no bar.
 */
export const numberBars = (values: readonly number[], span: Span, className: string): Markup =>
  html`<svg class="${className}" aria-hidden="true">${values.map((value) => bar(value, span))}</svg>`;

function bar(value: number, { low, high }: Span): Markup {
  const inside = Number.isNaN(value) ? 0 : Math.min(high, Math.max(low, value));
  const [from, to] = [Math.min(0, inside), Math.max(0, inside)];
  // Halved, so that the difference of great numbers is finite.
  const width = high / 2 - low / 2;
  return html`<rect x="${percentOf(from / 2 - low / 2, width)}" width="${percentOf(to / 2 - from / 2, width)}"/>`;
}
