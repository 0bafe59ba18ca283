// MatMul and Gemm: one thread per row and element of the product.
import { type Shape, sizeOf } from '../../../base/shape.js';
import { toNumbers } from '../../../base/tensor.js';
import { floatAttribute, intAttribute } from '../../../ops/attributes.js';
import type { Draft, Kernel, KernelContext } from '../kernel.js';
import { broadcast, placesOf } from '../places.js';
import { KernelWriter, literal } from '../writer.js';

/** One matrix operand: its element in a row and a column, from the first row of its matrix. */
type Matrix = (row: string, column: string) => string;

/** Rows are kept apart from columns: a large weight matrix has more elements than a float32 index can name. */
function matrixOf(context: KernelContext, writer: KernelWriter, position: number, columns: number): Matrix {
  const constant = context.constant(position);
  if (constant === undefined) {
    const read = context.operand(writer, position);
    return (row, column) => read(`(${row}) * ${columns} + ${column}`);
  }
  const table = writer.table(Float32Array.from(toNumbers(constant)), columns);
  return (row, column) => `${table}[${row}][${column}]`;
}

/** sum over k of a[m, k] b[k, n]. */
function product(writer: KernelWriter, length: number, term: (k: string) => string): string {
  const sum = writer.variable('0');
  writer.line(`for (let k = 0; k < ${length}; k++) { ${sum} += ${term('k')}; }`);
  return sum;
}

/** Vectors are matrices of one row on the left and of one column on the right. */
function matMulDraft(context: KernelContext): Draft {
  const [left, right] = [context.shape(0), context.shape(1)];
  const a: Shape = left.length === 1 ? [1, ...left] : left;
  const b: Shape = right.length === 1 ? [...right, 1] : right;
  const [rows = 1, length = 1] = a.slice(-2);
  const columns = b.at(-1) ?? 1;
  const batch = batchOf(a.slice(0, -2), b.slice(0, -2));
  const writer = new KernelWriter(columns, sizeOf(batch) * rows);
  const first = matrixOf(context, writer, 0, length);
  const second = matrixOf(context, writer, 1, columns);
  // First row of the matrices that block z = [...batch, row] multiplies.
  const rowOfA = firstRows(writer, [...batch, rows], [...a.slice(0, -2), rows], 1);
  const rowOfB = firstRows(writer, [...batch, rows], [...b.slice(0, -2), 1], length);
  const result = product(
    writer,
    length,
    (k) => `${first(rowOfA, k)} * ${second(rowOfB === '0' ? k : `${rowOfB} + ${k}`, 'this.thread.y')}`,
  );
  return { writer, result };
}

function batchOf(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const at = (shape: Shape, axis: number) => shape[axis - rank + shape.length] ?? 1;
  return Array.from({ length: rank }, (_, axis) => Math.max(at(a, axis), at(b, axis)));
}

/** Where block z starts in an operand whose leading axes are broadcast: `unit` rows to each of their elements. */
function firstRows(writer: KernelWriter, blocks: Shape, leading: Shape, unit: number): string {
  if (sizeOf(leading) === 1) return '0';
  const place = broadcast(leading, blocks);
  return writer.variable(`${writer.table(placesOf(blocks, (index) => place(index) * unit))}[this.thread.z]`);
}

export const matMul: Kernel = { kind: 'whole', draft: matMulDraft };

/** y = alpha a' b' + beta c. */
function gemmDraft(context: KernelContext): Draft {
  const { node } = context;
  const [transA, transB] = [intAttribute(node, 'transA', 0) !== 0, intAttribute(node, 'transB', 0) !== 0];
  const [alpha, beta] = [floatAttribute(node, 'alpha', 1), floatAttribute(node, 'beta', 1)];
  const [rows = 1, columns = 1] = context.output;
  const [firstRows = 1, firstColumns = 1] = context.shape(0);
  const writer = new KernelWriter(columns, rows);
  const a = matrixOf(context, writer, 0, firstColumns);
  const b = matrixOf(context, writer, 1, context.shape(1)[1] ?? 1);
  const sum = product(
    writer,
    transA ? firstRows : firstColumns,
    (k) =>
      `${transA ? a(k, 'this.thread.z') : a('this.thread.z', k)} * ${transB ? b('this.thread.y', k) : b(k, 'this.thread.y')}`,
  );
  const scaled = alpha === 1 ? sum : writer.variable(`${literal(alpha)} * ${sum}`);
  if (!context.has(2) || beta === 0) return { writer, result: scaled };
  const place = broadcast(context.shape(2), context.output);
  const c = context.operand(writer, 2)(`${writer.table(placesOf(context.output, place))}[${writer.element}]`);
  return { writer, result: `(${scaled} + ${beta === 1 ? c : `${literal(beta)} * ${c}`})` };
}

export const gemm: Kernel = { kind: 'whole', draft: gemmDraft };
