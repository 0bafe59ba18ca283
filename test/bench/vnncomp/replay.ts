// A counterexample as it was written, on the file: nothing of what the command says about itself is believed.

import { discoverTypes } from '../../../src/backends/discover-types.js';
import { openExecutable } from '../../../src/backends/onnxruntime.js';
import { sizeOf } from '../../../src/base/shape.js';
import { float32, toNumbers } from '../../../src/base/tensor.js';
import { loadModel } from '../../../src/onnx/load.js';
import type { Disjunct, LinearConstraint } from '../../../src/policy/vnnlib/property.js';
import { readVnnlib } from '../../../src/policy/vnnlib/read.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import type { Instance } from './instances.js';

/** @param written a result file: "sat", and the values of VNN-LIB 1.0 or 2.0 below it */
export async function isCounterexample(
  { model, property }: Pick<Instance, 'model' | 'property'>,
  written: string,
): Promise<boolean> {
  const { disjuncts, inputSize } = await readVnnlib(property);
  const x = Float32Array.from(valuesIn(written).slice(0, inputSize));
  const runtime = createInlineRuntime();
  try {
    const loaded = await loadModel(model);
    const typed = await discoverTypes(loaded.model, model, runtime);
    const executable = await openExecutable(typed, loaded.bytes, runtime);
    const shape = typed.input.shape.slice(1).map(Number);
    if (sizeOf(shape) !== inputSize || x.length !== inputSize) return false;
    const y = toNumbers(await executable.run(float32(x, [1, ...shape])));
    return disjuncts.some(
      (disjunct) => lies(disjunct, x) && disjunct.constraints.every((each) => holds(each, x, y)),
    );
  } finally {
    await runtime.close();
  }
}

/** `(X_0 1.5)`, or one number a line below the name of a variable. */
const valuesIn = (written: string): number[] =>
  [...written.matchAll(/^\(*(?:[XY]_\d+ )?(-?[\d.]+(?:e[-+]?\d+)?)\)*$/gm)].map(([, number]) =>
    Number(number),
  );

/** Within the bounds, or the nearest float32 to bounds that have none between them. */
const lies = ({ lower, upper }: Disjunct, x: Float32Array): boolean =>
  x.every((value, at) => {
    const [least, most] = [lower[at] ?? Number.NaN, upper[at] ?? Number.NaN];
    return (least <= value && value <= most) || value === Math.fround(least);
  });

function holds(
  { inputs, outputs, bound, strict }: LinearConstraint,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
) {
  let sum = 0;
  for (const [at, index] of inputs.indices.entries())
    sum += (inputs.coefficients[at] ?? 0) * (x[index] ?? Number.NaN);
  for (const [at, index] of outputs.indices.entries())
    sum += (outputs.coefficients[at] ?? 0) * (y[index] ?? Number.NaN);
  return strict ? sum < bound : sum <= bound;
}
