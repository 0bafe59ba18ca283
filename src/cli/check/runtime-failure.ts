// ONNX Runtime's refusals, told as what they are to the user: a failure of the runtime on his model, with the place.
import { UserError } from '../../base/user-error.js';
import { RuntimeError } from '../../program/session.js';

/** @param where the model's file, or the property in its policy */
export async function withPlace<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof RuntimeError)) throw cause;
    const hint = 'check that the model runs in ONNX Runtime alone; if it does, report a bug with the model';
    throw new UserError(
      'RUNTIME_FAILED',
      { where, problem: `ONNX Runtime: ${cause.message}`, hint },
      { cause },
    );
  }
}
