/** A program that was put together wrongly, such as shapes that do not fit. A bug in the caller, not in the user's files. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
}

/** Thrown by `grad` where a value on the path has no derivative rule. Callers fall back to gradient-free search. */
export class NotDifferentiable extends Error {
  override readonly name = 'NotDifferentiable';
}
