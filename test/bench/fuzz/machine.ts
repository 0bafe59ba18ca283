// What the figures were measured on.
import { cpus, loadavg, totalmem } from 'node:os';
import { runtimeVersion } from '../../../src/program/ort.js';

export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly onnxRuntime: string;
  /** Processes that wanted a core over the last minute, at the start. */
  readonly load: number;
};

export const describeMachine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown CPU',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  onnxRuntime: runtimeVersion(),
  load: loadavg()[0] ?? Number.NaN,
});

export const machineLine = ({ cpu, cores, memoryGiB, node, onnxRuntime, load }: Machine): string =>
  `${cores} x ${cpu}, ${memoryGiB} GiB, Node ${node}, ONNX Runtime ${onnxRuntime}, load ${load.toFixed(2)} at the start`;
