// An engine in a worker thread of its own.
import { builtFile } from '../../program/built-file.js';
import { RequestThread } from '../../program/request-thread.js';
import { RuntimeError } from '../../program/session.js';
import type { AdapterRequest } from './adapter.js';
import type { Engine, EngineRun, GpuMode } from './engine.js';
import type { GpuRequest } from './messages.js';
import type { Plan } from './plan.js';

const entry = builtFile('engine-worker', import.meta.url, 'js');

/** @throws RuntimeError where gpu.js cannot run the plan in this mode */
export async function openEngineThread(
  plan: Plan,
  mode: GpuMode,
  adapter: AdapterRequest | undefined,
): Promise<Engine> {
  const thread = new RequestThread<GpuRequest, EngineRun | undefined>(entry, 'the executable is closed');
  try {
    await thread.send({ kind: 'open', plan, mode, adapter });
  } catch (error) {
    await thread.close();
    throw error;
  }
  return {
    mode,
    setCorpus: (corpus, entries) => {
      const copy = corpus.slice();
      // A thread that is gone rejects the run that follows, too.
      thread.send({ kind: 'corpus', corpus: copy, entries }, [copy.buffer]).catch(() => {});
    },
    run: async (input, rows) => {
      const copy = input.slice();
      const results = await thread.send({ kind: 'run', input: copy, rows }, [copy.buffer]);
      if (results === undefined) throw new RuntimeError('a run without results');
      return results;
    },
    close: () => thread.close(),
  };
}
