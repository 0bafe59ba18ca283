// A counterexample as VNN-COMP's result files and the VNN-LIB standard want it, below the line "sat".
import type { Variable, VnnlibProperty } from './property.js';

type Values = ArrayLike<number>;

/**
 * VNN-LIB 1.0 (VNN-COMP's rules): ((X_0 v), (X_1 v), ... (Y_0 v)), one pair a line. 2.0 (section "command-line assignment format"
 * of the standard): for each variable in the order of declaration its name, type and shape, then one value a line.
 * @param x [inputSize] @param y [outputSize], hidden values included
 */
export function formatCounterexample(property: VnnlibProperty, x: Values, y: Values): string {
  if (x.length !== property.inputSize || y.length !== property.outputSize)
    throw new RangeError(
      `${x.length} inputs and ${y.length} outputs for a property of ${property.inputSize} and ${property.outputSize}`,
    );
  const lines =
    property.version === '1.0' ? [...pairs('X', x), ...pairs('Y', y)] : assignments(property, x, y);
  return property.version === '1.0' ? `(${lines.join('\n')})\n` : `${lines.join('\n')}\n`;
}

const pairs = (name: string, values: Values): string[] =>
  Array.from(values, (value, at) => `(${name}_${at} ${formatNumber(value)})`);

const assignments = ({ networks }: VnnlibProperty, x: Values, y: Values): string[] =>
  networks.flatMap(({ inputs, hidden, outputs }) => [
    ...inputs.flatMap((variable) => assignment(variable, x)),
    ...[...hidden, ...outputs].flatMap((variable) => assignment(variable, y)),
  ]);

const assignment = ({ name, elementType, shape, offset, size }: Variable, values: Values): string[] => [
  `${name} ${elementType} [${shape.join(',')}]`,
  ...Array.from({ length: size }, (_, at) => formatNumber(values[offset + at] as number)),
];

/**
 * The shortest decimal of the float64 that equals the value: it reads back as the same number in float32 and in float64, so
 * that a checker that compares in float64 sees the very point that was tested. 0.1 as the shortest of a float32 would not.
 */
const formatNumber = (value: number): string => (Object.is(value, -0) ? '-0.0' : String(value));
