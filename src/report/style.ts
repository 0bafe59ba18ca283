// How text is painted, by role. A parameter of the text reporter, so that colour stays a decision of the command line.

export type Paint = (text: string) => string;

export type Style = {
  /** A pass, a proof. */
  readonly good: Paint;
  /** A failure, a violation. */
  readonly bad: Paint;
  /** Unknown, or true with a caveat. */
  readonly warn: Paint;
  readonly strong: Paint;
  readonly faint: Paint;
  /** Commands that the reader may type. */
  readonly command: Paint;
};

const same: Paint = (text) => text;

export const plain: Style = {
  good: same,
  bad: same,
  warn: same,
  strong: same,
  faint: same,
  command: same,
};
