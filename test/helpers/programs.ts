// Running small programs in tests.
import { sizeOf } from '../../src/base/shape.js';
import { float32, float64, type Tensor, tensor } from '../../src/base/tensor.js';
import { type CompileOptions, compile } from '../../src/program/compile.js';
import type { Outputs } from '../../src/program/emit.js';
import { createInlineRuntime } from '../../src/program/inline-runtime.js';
import type { Program } from '../../src/program/program.js';
import type { Feeds, Results, Runtime } from '../../src/program/session.js';

/** Sessions are dropped with the test file's process. */
export const inline: Runtime = createInlineRuntime();

export const compute = async (
  p: Program,
  outputs: Outputs,
  feeds: Feeds = {},
  options: CompileOptions = {},
): Promise<Results> => (await compile(p, outputs, inline, options)).run(feeds);

export function result(results: Results, name: string): Tensor {
  const found = results[name];
  if (found === undefined) throw new Error(`no result ${name}`);
  return found;
}

export const bytesOf = ({ data }: Tensor): Uint8Array => {
  if (!ArrayBuffer.isView(data)) throw new TypeError('strings have no bytes');
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
};

export type TestDType = 'float32' | 'float64' | 'bool' | 'int64' | 'int32';

/** A tensor from plain numbers. */
export function tensorFrom(dtype: TestDType, shape: readonly number[], values: readonly number[]): Tensor {
  if (values.length !== sizeOf(shape)) throw new RangeError(`${values.length} values for [${shape}]`);
  switch (dtype) {
    case 'float32':
      return float32(values, shape);
    case 'float64':
      return float64(values, shape);
    case 'bool':
      return tensor('bool', shape, Uint8Array.from(values));
    case 'int32':
      return tensor('int32', shape, Int32Array.from(values));
    case 'int64':
      return tensor('int64', shape, BigInt64Array.from(values, BigInt));
  }
}
