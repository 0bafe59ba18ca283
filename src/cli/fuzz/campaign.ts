// A campaign: one input set that is searched for several objectives at once, with a corpus of its own.
import type { FuzzTarget } from '../../fuzz/fuzz.js';
import type { Judgement } from '../../policy/judge.js';
import type { OpenModel } from '../check/models.js';
import type { Subject } from '../check/subject.js';

export type Campaign = {
  /** Of its folder, and in words. */
  readonly name: string;
  readonly target: FuzzTarget;
  /** Whose instances, rows and models the findings speak of. */
  readonly subject: Subject;
  /** What each objective is about, by its name; the main one first. */
  readonly objectives: ReadonlyMap<string, Subject>;
  /** All that are executed, for the corpus' description. */
  readonly models: readonly OpenModel[];
  /** Ends what runs besides the runtime. */
  close?(): Promise<void>;
};

/** What replay at batch size 1 on the original files says of a hit. */
export async function judged(
  { objectives, subject }: Campaign,
  objective: string,
  input: Float32Array,
  instance: number,
): Promise<{ readonly subject: Subject; readonly judgement: Judgement }> {
  const asked = objectives.get(objective);
  if (asked !== undefined) return { subject: asked, judgement: await asked.replay(input, instance) };
  return { subject, judgement: await subject.strange(input) };
}
