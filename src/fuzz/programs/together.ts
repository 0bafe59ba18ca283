// What is asked in one go is answered in one call: a call of a program takes as long as some dozens of rows of a small one.

/**
 * Tasks that are given before the caller next waits go to `work` together; each gets its own answer, in the order of the tasks. An
 * error is everybody's.
 */
export function together<Task, Answer>(
  work: (tasks: readonly Task[]) => Promise<readonly Answer[]>,
): (task: Task) => Promise<Answer> {
  let open: { readonly tasks: Task[]; readonly answers: Promise<readonly Answer[]> } | undefined;
  const start = () => {
    const tasks: Task[] = [];
    const answers = Promise.resolve().then(() => {
      open = undefined;
      return work(tasks);
    });
    return { tasks, answers };
  };
  return async (task) => {
    open ??= start();
    const { tasks, answers } = open;
    const at = tasks.push(task) - 1;
    return (await answers)[at] as Answer;
  };
}
