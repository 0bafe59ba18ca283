// gpu.js and ONNX Runtime agree within the rounding bound on every example model, in WebAssembly mode and, where a WebGPU adapter answers
// (with Mesa's software renderer where there is no GPU), in WebGPU mode. Zero tolerance.
import { fork } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { type ExampleOpinions, judgeExamples } from '../helpers/gpu-checks.js';
import { type FunctionError, functionErrors } from './gpu-functions.js';
import type { WebGpuReport } from './webgpu-child.js';

function expectAgreement(opinions: readonly ExampleOpinions[]): void {
  for (const { name, rows, differing, unknown, share, caught } of opinions) {
    expect([name, differing]).toEqual([name, 0]);
    // The unsafe network overflows on some inputs far outside the range of pixels.
    expect(unknown).toBeLessThanOrEqual(name === 'digits-unsafe' ? rows / 10 : 0);
    // They are two implementations: not one bit of difference in so many rows would be the same code twice.
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(0.1);
    expect([name, caught > 0]).toEqual([name, true]);
  }
}

const expectAccuracy = (functions: readonly FunctionError[]): void =>
  expect(functions.filter(({ absolute, allowed }) => !(absolute <= allowed))).toEqual([]);

describe('WebAssembly mode', () => {
  test('the example models: no difference beyond rounding, and one wrong weight is caught', async () => {
    expectAgreement(await judgeExamples('webasm', 150));
  });

  test('functions are as exact as bounds assume', async () => {
    expectAccuracy(await functionErrors('webasm', 16_381));
  });
});

/** The compiled child, as for all tests with threads; undefined where no adapter answers. */
function webGpuReport(): Promise<WebGpuReport | undefined> {
  const child = fork(new URL('../../dist/test/soundness/webgpu-child.js', import.meta.url), {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, LIBGL_ALWAYS_SOFTWARE: '1', EGL_PLATFORM: 'surfaceless' },
  });
  let report: WebGpuReport | 'no adapter' | undefined;
  let errors = '';
  child.stderr?.on('data', (text) => {
    errors += text;
  });
  child.on('message', (message) => {
    report = message as WebGpuReport | 'no adapter';
  });
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => {
      if (report === undefined) reject(new Error(`the child ended with ${code}: ${errors}`));
      else resolve(report === 'no adapter' ? undefined : report);
    });
  });
}

describe('WebGPU mode', () => {
  test('example models, functions and one node of every operator', async (context) => {
    const report = await webGpuReport();
    if (report === undefined)
      return context.skip('no WebGPU adapter answers: install Mesa (libegl1, libgl1-mesa-dri)');
    expectAgreement(report.opinions);
    expectAccuracy(report.functions);
    const wrong = report.nodes.filter(
      ([, node]) =>
        node !== undefined &&
        !(node.apart <= node.allowed && String(node.flagged) === String(node.nonFinite)),
    );
    expect(wrong).toEqual([]);
    expect(report.nodes.filter(([, node]) => node !== undefined).length).toBeGreaterThan(60);
  });
});
