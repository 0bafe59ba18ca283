// Types of graph inputs and outputs -> ValueInfoProto. Sequences, maps and optionals have their name only.
import type { Dimension, ValueInfo } from '../graph/graph.js';
import { dataTypes } from './dtypes.js';
import type { ProtoWriter } from './proto-writer.js';

// Numbers of fields, as onnx.proto has them.
const infoFields = { name: 1, type: 2 } as const;
const typeFields = { tensorType: 1 } as const;
const tensorFields = { elemType: 1, shape: 2 } as const;
const shapeFields = { dim: 1 } as const;
const dimensionFields = { dimValue: 1, dimParam: 2 } as const;

/** Appends the content of a message. */
export function writeValueInfo(writer: ProtoWriter, { name, dtype, shape }: ValueInfo): void {
  writer.text(infoFields.name, name);
  if (dtype === undefined && shape === undefined) return;
  writer.message(infoFields.type, () =>
    writer.message(typeFields.tensorType, () => {
      if (dtype !== undefined) writer.integer(tensorFields.elemType, dataTypes[dtype]);
      if (shape !== undefined) writer.message(tensorFields.shape, () => writeShape(writer, shape));
    }),
  );
}

function writeShape(writer: ProtoWriter, shape: readonly Dimension[]): void {
  for (const dimension of shape)
    writer.message(shapeFields.dim, () => {
      if (typeof dimension === 'number') writer.integer(dimensionFields.dimValue, dimension);
      else if (dimension !== undefined) writer.text(dimensionFields.dimParam, dimension);
    });
}
