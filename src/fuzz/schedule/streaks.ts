// Stages that lately found new failures go on: while that lasts, nothing is learnt by trying others.

export type Streaks = {
  learn(arm: number, lesson: { readonly executions: number; readonly findings: number }): void;
  /** Whether the arm found something new within its latest executions, or has not had as many yet. */
  isOn(arm: number): boolean;
};

/** Executions without a new finding that end a streak. */
const patience = 2 ** 11;

/** @param arms how many there are */
export function createStreaks(arms: number): Streaks {
  const since = new Float64Array(arms);
  return {
    learn(arm, { executions, findings }) {
      since[arm] = findings > 0 ? 0 : (since[arm] as number) + executions;
    },
    isOn: (arm) => (since[arm] as number) < patience,
  };
}
