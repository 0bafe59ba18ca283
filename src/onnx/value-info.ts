// Types of graph inputs and outputs. Sequences, maps and optionals keep their name only.
import type { Dimension, ValueInfo } from '../graph/graph.js';
import { dtypeOf } from './dtypes.js';
import { invalid } from './errors.js';
import type { DimensionProto, ValueInfoProto } from './proto.js';

/** Greatest size of one axis, and greatest number of elements of a tensor, that we accept. */
export const GREATEST_SIZE = 2 ** 31 - 1;

export function decodeValueInfo({ name, type }: ValueInfoProto, where: string): ValueInfo {
  if (type?.value.case !== 'tensorType') return { name, dtype: undefined, shape: undefined };
  const { elemType, shape } = type.value.value;
  return {
    name,
    dtype: elemType === 0 ? undefined : dtypeOf(elemType, where),
    shape: shape === undefined ? undefined : shape.dim.map((dim) => decodeDimension(dim, where)),
  };
}

function decodeDimension({ value }: DimensionProto, where: string): Dimension {
  if (value.case === 'dimParam') return value.value === '' ? undefined : value.value;
  // Exporters write -1 where they mean "any".
  if (value.case === undefined || value.value < 0n) return undefined;
  if (value.value > BigInt(GREATEST_SIZE)) throw invalid(where, `axis of absurd size ${value.value}`);
  return Number(value.value);
}
