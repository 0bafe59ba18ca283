// Element-wise operators of one input.
import { toNumbers } from '../../../base/tensor.js';
import { floatAttribute, intAttribute } from '../../../ops/attributes.js';
import { type Kernel, type KernelContext, NoKernel } from '../kernel.js';
import { type KernelWriter, literal } from '../writer.js';
import {
  between,
  exp as expOf,
  log as logOf,
  sigmoid as sigmoidOf,
  softplus as softplusOf,
  tanh as tanhOf,
} from './functions.js';

type Formula = (x: string, writer: KernelWriter, context: KernelContext) => string;

/** @param keeps infinity stays infinite, and NaN stays NaN */
const unary = (formula: Formula, keeps?: true): Kernel => ({
  kind: 'pointwise',
  data: 1,
  apply: (writer, [x], context) => {
    if (x === undefined) throw new NoKernel('no input');
    return formula(x, writer, context);
  },
  ...(keeps && { keepsNonFinite: true }),
});

/** A formula that names its argument more than once. */
const ofVariable = (formula: Formula, keeps?: true): Kernel =>
  unary((x, writer, context) => writer.variable(formula(writer.variable(x), writer, context)), keeps);

export const abs = unary((x) => `Math.abs(${x})`, true);
export const neg = unary((x) => `(0 - ${x})`, true);
export const sqrt = unary((x) => `Math.sqrt(${x})`);
export const reciprocal = unary((x) => `(1 / ${x})`);
export const floor = unary((x) => `Math.floor(${x})`, true);
export const ceil = unary((x) => `Math.ceil(${x})`, true);
export const exp = unary((x, writer) => expOf(writer, x));
export const log = unary((x, writer) => logOf(writer, x));
export const sigmoid = unary((x, writer) => sigmoidOf(writer, x));
export const tanh = unary((x, writer) => tanhOf(writer, x));
export const softplus = unary((x, writer) => softplusOf(writer, x));
export const sign = ofVariable((x) => `(${x} > 0 ? 1 : (${x} < 0 ? (0 - 1) : 0))`);
export const not = unary((x, writer) => writer.variable(`(${x} > 0.5 ? 0 : 1)`));
export const softsign = ofVariable((x) => `${x} / (1 + Math.abs(${x}))`);
export const relu = ofVariable((x) => `(${x} < 0 ? 0 : ${x})`);

export const leakyRelu = ofVariable((x, _writer, { node }) => {
  const slope = literal(floatAttribute(node, 'alpha', Math.fround(0.01)));
  return `(${x} < 0 ? ${slope} * ${x} : ${x})`;
});

export const thresholdedRelu = ofVariable(
  (x, _writer, { node }) => `(${x} > ${literal(floatAttribute(node, 'alpha', 1))} ? ${x} : 0)`,
);

export const elu = ofVariable((x, writer, { node }) => {
  const alpha = literal(floatAttribute(node, 'alpha', 1));
  return `(${x} < 0 ? ${alpha} * (${expOf(writer, x)} - 1) : ${x})`;
});

export const selu = ofVariable((x, writer, { node }) => {
  const alpha = literal(floatAttribute(node, 'alpha', Math.fround(1.6732632423543772)));
  const gamma = literal(floatAttribute(node, 'gamma', Math.fround(1.0507009873554805)));
  return `${gamma} * (${x} < 0 ? ${alpha} * (${expOf(writer, x)} - 1) : ${x})`;
});

const ramp = (x: string, writer: KernelWriter, alpha: number, beta: number): string =>
  writer.variable(between(writer, `${x} * ${literal(alpha)} + ${literal(beta)}`, 0, 1));

export const hardSigmoid = unary((x, writer, { node }) =>
  ramp(x, writer, floatAttribute(node, 'alpha', Math.fround(0.2)), floatAttribute(node, 'beta', 0.5)),
);

export const hardSwish = ofVariable((x, writer) => `${x} * ${ramp(x, writer, 1 / 6, 0.5)}`);

/** Bounds are attributes before opset 11, constant inputs since; an infinite one is none. */
export const clip = unary((x, writer, context) => {
  const bound = (position: number, name: string): number | undefined => {
    const value =
      context.opset < 11 ? floatAttribute(context.node, name, Infinity) : inputOf(context, position);
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  };
  return writer.variable(between(writer, x, bound(1, 'min'), bound(2, 'max')));
});

function inputOf(context: KernelContext, position: number): number | undefined {
  if (!context.has(position)) return undefined;
  const given = context.constant(position);
  if (given === undefined) throw new NoKernel('a computed parameter');
  return toNumbers(given)[0];
}

/** Powers that are products, roots or quotients: others lose digits that a bound does not account for. */
export const pow = ofVariable((x, _writer, context) => {
  const exponent = context.constant(1);
  const numbers = exponent === undefined ? [] : toNumbers(exponent);
  switch (numbers.length === 1 ? numbers[0] : undefined) {
    case 1:
      return x;
    case 2:
      return `${x} * ${x}`;
    case 3:
      return `${x} * ${x} * ${x}`;
    case 4:
      return `(${x} * ${x}) * (${x} * ${x})`;
    case 0.5:
      return `Math.sqrt(${x})`;
    case -1:
      return `1 / ${x}`;
    default:
      throw new NoKernel('a power other than 1, 2, 3, 4, 0.5 and -1');
  }
});

/** ONNX TensorProto.DataType of float32, float16, float64, bfloat16 and bool. */
const floatTypes = new Set([1, 10, 11, 16]);
const boolType = 9;

/** To float32 a value stays; to integers its fraction goes; to bool all but 0 is true. */
export const cast = ofVariable((x, _writer, { node }) => {
  const to = intAttribute(node, 'to', 1);
  if (to === 1 || to === 11) return x;
  if (floatTypes.has(to)) throw new NoKernel('a cast to half precision');
  if (to === boolType) return `(${x} < 0 || ${x} > 0 ? 1 : 0)`;
  return `(${x} < 0 ? Math.ceil(${x}) : Math.floor(${x}))`;
});
