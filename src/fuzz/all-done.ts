// Waiting for several tasks at once where some may fail.

/**
 * As Promise.all, but rejects only when none is under way any more: threads that are ended while ONNX Runtime computes take the
 * whole process with them. Of several errors the first in order is thrown.
 */
export async function allDone<const T extends readonly unknown[]>(
  tasks: T,
): Promise<{ -readonly [I in keyof T]: Awaited<T[I]> }> {
  await Promise.allSettled(tasks);
  return Promise.all(tasks);
}
