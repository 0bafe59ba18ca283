// What an experiment is: it prints a table, says which of the figures that this project must hold do, and gives the same as data.
export type Bench = {
  /** The project's folder, with a slash at its end. */
  readonly root: string;
  /** Data beside the project; may be absent. */
  readonly shared: string;
  /** Where trained networks are kept between runs. */
  readonly cache: string;
  /** Few seeds and short runs: shows that everything works, and no figure to quote. */
  readonly brief: boolean;
  progress(line: string): void;
};

/** A figure that must hold. */
export type Requirement = {
  readonly what: string;
  readonly must: string;
  readonly measured: string;
  readonly holds: boolean;
};

export type Outcome = {
  readonly lines: readonly string[];
  readonly requirements: readonly Requirement[];
  /** Everything measured, for JSON. */
  readonly figures: unknown;
};

export type Skipped = { readonly skipped: string };

export type Experiment = {
  readonly title: string;
  run(bench: Bench): Promise<Outcome | Skipped>;
};

export const requireAtLeast = (
  what: string,
  measured: number,
  least: number,
  show = (value: number) => value.toFixed(2),
): Requirement => ({
  what,
  must: `at least ${show(least)}`,
  measured: show(measured),
  holds: measured >= least,
});

export const requireAtMost = (
  what: string,
  measured: number,
  most: number,
  show = (value: number) => value.toFixed(2),
): Requirement => ({
  what,
  must: `at most ${show(most)}`,
  measured: show(measured),
  holds: measured <= most,
});
