// One campaign from start to end: corpus from disk, fuzzing, findings replayed and saved as they come, corpus to disk.
import type { Deadline } from '../../base/deadline.js';
import type { FuzzingSummary } from '../../findings/report.js';
import type { FuzzProgress } from '../../fuzz/events.js';
import { type FuzzOptions, fuzz } from '../../fuzz/fuzz.js';
import type { Runtime } from '../../program/session.js';
import type { Evidence } from '../check/evidence.js';
import type { FuzzCommandOptions, Io } from '../options.js';
import type { Campaign } from './campaign.js';
import { givenOf, knownFindings } from './known.js';
import { createRecorder } from './recorder.js';
import { createSession, type FoundHere, type Session } from './session.js';
import { openStore } from './store.js';
import { createView, type View } from './view.js';

/** Somebody who is told what the screen shows. */
export type FuzzObserver = {
  progress(campaign: string, state: FuzzProgress): void;
  found(campaign: string, finding: FoundHere): void;
};

export type CampaignRun = {
  readonly campaign: Campaign;
  readonly fuzzing: Omit<FuzzOptions, 'earlier' | 'deadline' | 'executions'>;
  readonly executions: number;
  readonly deadline: Deadline;
  /** When `deadline` ends by itself; undefined where only executions are counted. */
  readonly endsAt: number | undefined;
  readonly evidence: Evidence;
  readonly options: FuzzCommandOptions;
  readonly io: Io;
  readonly runtime: Runtime;
  readonly observer?: FuzzObserver | undefined;
};

export type CampaignResult = FuzzingSummary & {
  readonly session: Session;
  readonly folder: string;
  readonly before: { readonly executions: number; readonly runs: number };
  readonly notes: readonly string[];
  readonly totalMs: number;
};

export async function runCampaign(run: CampaignRun): Promise<CampaignResult> {
  const { campaign, fuzzing, options, io } = run;
  const store = openStore(campaign, fuzzing.seed, options, io);
  const session = createSession(campaign.name, campaign.subject.claim, io.clock());
  const runsBefore = store.before.runs;
  const view = createView(
    session,
    {
      executions: options.executions === undefined ? undefined : run.executions,
      seed: fuzzing.seed,
      runsBefore,
      leftMs: () => (run.endsAt === undefined ? undefined : run.endsAt - io.clock()),
    },
    io,
  );
  let executions = 0;
  try {
    const known = options.fresh ? [] : knownFindings(campaign, options.outputDir, io.cwd);
    const found: View['found'] = (finding, isFirst) => {
      view.found(finding, isFirst);
      run.observer?.found(campaign.name, finding);
    };
    const recorder = await createRecorder(
      { campaign, evidence: run.evidence, session, known, cwd: io.cwd, found },
      run.runtime,
    );
    for (const note of store.notes) view.note(io.style.warn(note));
    const result = await fuzz(
      campaign.target,
      {
        ...fuzzing,
        executions: run.executions,
        deadline: run.deadline,
        earlier: {
          kept: store.kept,
          runs: runsBefore,
          findings: known.length === 0 ? [] : [givenOf(known)],
        },
      },
      {
        confirm: (hit) => recorder.record(hit),
        grown: (corpus) => {
          recorder.corpus = corpus;
          store.save(corpus, executions);
        },
        progress: (state) => {
          executions = state.executions;
          view.progress(state);
          run.observer?.progress(campaign.name, state);
        },
      },
      run.runtime,
    );
    executions = result.executions;
    const { corpusSize, coverage } = result;
    const totalMs = io.clock() - session.startedAt;
    const { folder, before, notes } = store;
    return { session, executions, corpusSize, coverage, folder, before, notes, totalMs };
  } finally {
    view.stop();
    store.close(executions);
  }
}
