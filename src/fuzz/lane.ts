// A lane lets few tasks be under way at once, in the order of their arrival. Batches go through one, so that the short questions
// asked between rounds wait behind two batches of a worker and not behind all of them.

/** Starts a task as soon as there is room; the result is the task's own. */
export type Lane = <T>(task: () => Promise<T>) => Promise<T>;

export function createLane(room: number): Lane {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  const leave = () => {
    underWay--;
    waiting.shift()?.();
  };
  return async (task) => {
    if (underWay >= room) await new Promise<void>((resolve) => waiting.push(resolve));
    underWay++;
    return task().finally(leave);
  };
}
