// A lane lets few tasks be under way at once, in the order of their arrival. Batches go through one, so that the short questions
// asked between rounds wait behind two batches of a worker and not behind all of them.

/** Starts a task as soon as there is room; the result is the task's own. */
export type Lane = <T>(task: () => Promise<T>) => Promise<T>;

export function createLane(room: number): Lane {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  // A place is handed over: whoever arrived before the first in line is running again must not take it.
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) underWay--;
    else next();
  };
  return async (task) => {
    if (underWay < room) underWay++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    return task().finally(leave);
  };
}
