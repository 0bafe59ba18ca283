/** A mistake in an expression, found by what knows its place but not the whole text. */
export class Mistake extends Error {
  constructor(
    readonly place: number,
    problem: string,
    readonly hint?: string,
  ) {
    super(problem);
  }
}
