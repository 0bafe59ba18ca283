// From rows of data to the inputs of a model: cut apart, and turned so that rows are innermost.
import { isFloat } from '../../base/dtype.js';
import { elementsPerRow, type FileInput, fileInputs } from '../../graph/inputs.js';
import type { TypedModel } from '../../graph/typed-model.js';
import { type Draft, NoKernel } from './kernel.js';
import { KernelWriter } from './writer.js';

/** One kernel per input; a row of data holds the elements of all of them, one input after the other. */
export function inputDrafts(model: TypedModel, batched: boolean): ReadonlyMap<string, () => Draft> {
  let start = 0;
  return new Map(
    fileInputs(model).map((input) => {
      const from = start;
      start += elementsPerRow(input, batched);
      return [input.name, () => inputDraft(input, from, batched)];
    }),
  );
}

/** Integers are the nearest ones, ties to even, as ONNX rounds. */
function inputDraft(input: FileInput, from: number, batched: boolean): Draft {
  if (input.dtype !== 'float32' && isFloat(input.dtype)) throw new NoKernel(`an input of ${input.dtype}`);
  const writer = new KernelWriter(elementsPerRow(input, batched));
  const rows = writer.value('input');
  const value = writer.variable(`${rows}[this.thread.x][this.thread.y + ${from}]`);
  if (input.dtype === 'float32') return { writer, result: value };
  const floor = writer.variable(`Math.floor(${value})`);
  const part = writer.variable(`${value} - ${floor}`);
  const odd = writer.variable(`${floor} - 2 * Math.floor(${floor} * 0.5)`);
  const up = `(${part} > 0.5 || (${part} >= 0.5 && ${odd} > 0.5))`;
  return { writer, result: writer.variable(`(${up} ? ${floor} + 1 : ${floor})`) };
}
