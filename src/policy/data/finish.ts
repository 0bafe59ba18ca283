// Stored numbers -> Dataset: shapes and labels checked, scaled, rounded to float32 once.
import type { NumericDType } from '../../base/dtype.js';
import { type Tensor, tensor } from '../../base/tensor.js';
import type { Dataset } from '../dataset.js';
import type { DataRef } from '../policy.js';
import { invalid, type Raw, type Stored } from './raw.js';

export function toDataset(ref: DataRef, { inputs, labels }: Raw): Dataset {
  const [rows = 0] = inputs.values.shape;
  return {
    name: ref.name,
    inputs: scaled(inputs, ref.scale),
    labels: labels === undefined ? undefined : classIndices(labels, rows, inputs.where),
  };
}

function scaled({ values, where }: Stored, scale: number): Tensor<'float32'> {
  const { shape } = values;
  const shapeText = `shape [${shape.join(', ')}]`;
  if (shape.length < 2)
    throw invalid(where, `${shapeText}; inputs have at least two axes: rows, then features`);
  if (shape.includes(0)) throw invalid(where, `${shapeText} holds no value`, 'give at least one row');
  const data = new Float32Array(values.data.length);
  for (let index = 0; index < data.length; index++) {
    // The product is rounded to float64, and once more to float32.
    const value = Math.fround(Number(values.data[index]) * scale);
    if (!Number.isFinite(value)) throw notFinite(values, index, where, scale);
    data[index] = value;
  }
  return tensor('float32', shape, data);
}

function notFinite(values: Tensor<NumericDType>, index: number, where: string, scale: number) {
  const [, ...features] = values.shape;
  const size = features.reduce((product, dim) => product * dim, 1);
  const place = `${where}, row ${Math.floor(index / size)}, element ${index % size} (counted from 0)`;
  const stored = Number(values.data[index]);
  const problem = Number.isFinite(stored)
    ? `${stored} times the scale ${scale} exceeds float32`
    : `${stored} is no finite number`;
  return invalid(place, problem, 'a model is checked on finite inputs; remove or repair the row');
}

/** [rows] or [rows, 1], of whole numbers. */
function classIndices({ values, where }: Stored, rows: number, inputsWhere: string): Int32Array {
  const [found, ...rest] = values.shape;
  if (found === undefined || rest.length > 1 || rest.some((dim) => dim !== 1)) {
    const hint = 'labels are class indices, one a row: take the argmax of one-hot labels before saving';
    throw invalid(where, `labels of shape [${values.shape.join(', ')}]`, hint);
  }
  if (found !== rows) throw invalid(where, `${found} labels for the ${rows} rows of ${inputsWhere}`);
  return Int32Array.from(values.data as ArrayLike<number>, (value, row) => {
    const index = Number(value);
    if (Number.isInteger(index) && index >= 0 && index < 2 ** 31) return index;
    throw invalid(
      `${where}, row ${row} (counted from 0)`,
      `the label ${value} is no class index`,
      'use 0, 1, 2, ...',
    );
  });
}
