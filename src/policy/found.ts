import type { Path } from './nodes.js';

/** A problem at the value, or else at the key, that `path` leads to. */
export type Found = {
  readonly path: Path;
  readonly text: string;
  readonly hint?: string | undefined;
  /** Of the text at `path`, the character that is wrong. */
  readonly place?: number | undefined;
};
