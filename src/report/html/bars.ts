// Bars of parts beside each other. Widths are attributes in percent: they follow the page, and need no inline style.
import { html, type Markup } from './markup.js';

export type BarPart = {
  /** Colour and pattern. */
  readonly className: string;
  readonly size: number;
  /** In words, for who points at it. */
  readonly label: string;
};

/**
 * @param total what the full width stands for
 * @param label the whole bar in words
 * @param goal from 0 to 1: where a line marks what is needed
 */
export function stackedBar(parts: readonly BarPart[], total: number, label: string, goal?: number): Markup {
  let start = 0;
  const rects = parts
    .filter(({ size }) => size > 0)
    .map(({ className, size, label: words }) => {
      const from = start;
      start += size;
      return html`<rect class="${className}" x="${percentOf(from, total)}" width="${percentOf(size, total)}" height="14"><title>${words}</title></rect>`;
    });
  const mark =
    goal === undefined
      ? undefined
      : html`<line class="goal" x1="${percentOf(goal, 1)}" x2="${percentOf(goal, 1)}" y1="0" y2="14"/>`;
  return html`<svg class="bar" width="100%" height="14" role="img" aria-label="${label}"><rect class="track" width="100%" height="14"/>${rects}${mark}</svg>`;
}

/** For attributes: short, and never NaN. */
export const percentOf = (value: number, total: number): string =>
  `${Number((total > 0 && Number.isFinite(value) ? (100 * value) / total : 0).toFixed(2))}%`;
