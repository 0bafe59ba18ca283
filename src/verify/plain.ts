// Operators that only move, add and negate elements of what they read.

const plain: ReadonlySet<string> = new Set([
  'Add',
  'Concat',
  'Dropout',
  'Expand',
  'Flatten',
  'Gather',
  'Identity',
  'Mean',
  'Neg',
  'Pad',
  'Reshape',
  'Slice',
  'Split',
  'Squeeze',
  'Sub',
  'Sum',
  'Transpose',
  'Unsqueeze',
]);

/**
 * Whether no element of the result reads two elements of one input, and each coefficient of the way back comes from coefficients of one
 * sign.
 */
export const isPlain = (type: string): boolean => plain.has(type);
