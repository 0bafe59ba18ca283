// gpu.js against ONNX Runtime on the example models: outputs outside of the rounding bound, in WebAssembly mode and, where an adapter
// answers, in WebGPU mode.
import { fork } from 'node:child_process';
import { type ExampleOpinions, judgeExamples } from '../../helpers/gpu-checks.js';
import type { WebGpuReport } from '../../soundness/webgpu-child.js';
import type { Experiment, Requirement } from './experiment.js';
import { grid, whole } from './words.js';

export const gpuExperiment: Experiment = {
  title: 'gpu.js against ONNX Runtime: rows whose outputs differ by more than rounding explains',
  run: async ({ brief, progress }) => {
    progress('WebAssembly mode');
    const modes = new Map([['WebAssembly', await judgeExamples('webasm', brief ? 10 : 150)]]);
    progress('WebGPU mode');
    const report = brief ? undefined : await webGpuReport();
    if (report !== undefined) modes.set(`WebGPU (${report.adapter.trim()})`, [...report.opinions]);
    return {
      lines: [
        ...[...modes].flatMap(([mode, opinions]) => table(mode, opinions)),
        ...(report === undefined ? [`WebGPU skipped: ${brief ? 'brief' : 'no adapter answers'}`] : []),
      ],
      requirements: [...modes].map(([mode, opinions]) => agreement(mode, opinions)),
      figures: Object.fromEntries(modes),
    };
  },
};

const table = (mode: string, opinions: readonly ExampleOpinions[]): string[] =>
  grid(
    [mode, 'rows', 'differ', 'without bound', 'greatest difference, of the bound', 'wrong weight caught in'],
    opinions.map(({ name, rows, differing, unknown, share, caught }) => [
      `  ${name}`,
      whole(rows),
      whole(differing),
      whole(unknown),
      share.toPrecision(2),
      whole(caught),
    ]),
  );

function agreement(mode: string, opinions: readonly ExampleOpinions[]): Requirement {
  const differing = opinions.reduce((sum, opinion) => sum + opinion.differing, 0);
  return {
    what: `${mode}, rows that differ by more than rounding`,
    must: '0',
    measured: whole(differing),
    holds: differing === 0,
  };
}

/** A driver may take its process down, or hang in its own clean-up: it has one of its own. */
function webGpuReport(): Promise<WebGpuReport | undefined> {
  const child = fork(new URL('../../soundness/webgpu-child.js', import.meta.url), {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // Mesa's software renderer where there is no GPU.
    env: { ...process.env, LIBGL_ALWAYS_SOFTWARE: '1', EGL_PLATFORM: 'surfaceless' },
    timeout: 300_000,
  });
  return new Promise((resolve) => {
    let report: WebGpuReport | undefined;
    child.on('message', (message) => {
      if (message !== 'no adapter') report = message as WebGpuReport;
    });
    child.on('error', () => resolve(undefined));
    child.on('exit', () => resolve(report));
  });
}
