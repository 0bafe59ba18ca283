// Element-wise operators of several inputs, and comparisons. Booleans and integers are held as floats.
import type { Kernel } from '../kernel.js';
import { NoKernel } from '../kernel.js';
import type { KernelWriter } from '../writer.js';

const given = (operand: string | undefined): string => {
  if (operand === undefined) throw new NoKernel('an omitted input');
  return operand;
};

/** Two inputs. Sums and products of anything with a value that is not finite are not finite, but for infinity times 0, a NaN. */
const binary = (join: (a: string, b: string, writer: KernelWriter) => string, keeps?: true): Kernel => ({
  kind: 'pointwise',
  apply: (writer, [a, b]) => join(given(a), given(b), writer),
  ...(keeps && { keepsNonFinite: true }),
});

/** Any number of inputs, from the left. */
const folded = (join: (a: string, b: string, writer: KernelWriter) => string, keeps?: true): Kernel => ({
  kind: 'pointwise',
  apply: (writer, [first, ...others]) =>
    others.reduce((all: string, each) => join(all, given(each), writer), given(first)),
  ...(keeps && { keepsNonFinite: true }),
});

const chosen =
  (sign: '<' | '>') =>
  (a: string, b: string, writer: KernelWriter): string => {
    const [left, right] = [writer.variable(a), writer.variable(b)];
    return writer.variable(`(${left} ${sign} ${right} ? ${left} : ${right})`);
  };

const truth = (condition: (a: string, b: string) => string): Kernel =>
  binary((a, b, writer) => writer.variable(`(${condition(a, b)} ? 1 : 0)`));

export const add = binary((a, b) => `(${a} + ${b})`, true);
export const sub = binary((a, b) => `(${a} - ${b})`, true);
export const mul = binary((a, b) => `(${a} * ${b})`, true);
export const div = binary((a, b) => `(${a} / ${b})`);
export const sum = folded((a, b) => `(${a} + ${b})`, true);
export const mean: Kernel = {
  kind: 'pointwise',
  keepsNonFinite: true,
  apply: (_writer, operands) => `((${operands.map(given).join(' + ')}) / ${operands.length})`,
};
export const max = folded(chosen('>'));
export const min = folded(chosen('<'));

export const greater = truth((a, b) => `${a} > ${b}`);
export const greaterOrEqual = truth((a, b) => `${a} >= ${b}`);
export const less = truth((a, b) => `${a} < ${b}`);
export const lessOrEqual = truth((a, b) => `${a} <= ${b}`);
export const equal = truth((a, b) => `${a} >= ${b} && ${a} <= ${b}`);
export const and = truth((a, b) => `${a} > 0.5 && ${b} > 0.5`);
export const or = truth((a, b) => `${a} > 0.5 || ${b} > 0.5`);

export const where: Kernel = {
  kind: 'pointwise',
  apply: (writer, [condition, a, b]) =>
    writer.variable(`(${given(condition)} > 0.5 ? ${given(a)} : ${given(b)})`),
};

/** A slope below zero, per channel or for all. */
export const pRelu: Kernel = {
  kind: 'pointwise',
  apply: (writer, [x, slope]) => {
    const value = writer.variable(given(x));
    return writer.variable(`(${value} < 0 ? ${given(slope)} * ${value} : ${value})`);
  },
};
