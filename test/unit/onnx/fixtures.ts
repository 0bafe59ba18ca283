// Small models as protobuf and as graphs, and the error that a call gives.
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { float32 } from '../../../src/base/tensor.js';
import { UserError } from '../../../src/base/user-error.js';
import type { Graph, Model, Node, ValueInfo } from '../../../src/graph/graph.js';
import { decodeModel } from '../../../src/onnx/decode.js';
import { type GraphProtoSchema, ModelProtoSchema } from '../../onnx-proto/onnx_pb.js';

/** Fields only, without the messages that the type also allows and that cannot be spread. */
type Fields<Init> = Exclude<Init, { $typeName: string }>;
export type GraphInit = Fields<MessageInitShape<typeof GraphProtoSchema>>;
export type ModelInit = Fields<MessageInitShape<typeof ModelProtoSchema>>;

export const FILE = 'net.onnx';

/** Bytes of a model around a graph; by default IR version 8, operator set 13. */
export const protoBytes = (graph: GraphInit, model: ModelInit = {}): Uint8Array => {
  const init: ModelInit = { irVersion: 8n, opsetImport: [{ version: 13n }], graph, ...model };
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, init));
};

export const decodeProto = (graph: GraphInit, model?: ModelInit): Model =>
  decodeModel(protoBytes(graph, model), { file: FILE });

/** The UserError that `call` throws; anything else it does fails the test. */
export function errorOf(call: () => unknown): UserError {
  try {
    call();
  } catch (thrown) {
    if (thrown instanceof UserError) return thrown;
    throw thrown;
  }
  throw new Error('expected a UserError');
}

export const failure = (call: () => unknown) => {
  const { code, details } = errorOf(call);
  return { code, ...details };
};

export const value = (name: string): ValueInfo => ({ name, dtype: 'float32', shape: ['batch', 2] });

export const node = (name: string, type: string, inputs: string[], outputs: string[]): Node => ({
  name,
  type,
  domain: '',
  inputs,
  outputs,
  attributes: new Map(),
});

/** y = relu(x + w) */
export const smallGraph: Graph = {
  name: 'small',
  inputs: [value('x')],
  outputs: [value('y')],
  constants: new Map([['w', float32([1, -2])]]),
  nodes: [node('add', 'Add', ['x', 'w'], ['sum']), node('relu', 'Relu', ['sum'], ['y'])],
};

export const smallModel: Model = {
  graph: smallGraph,
  irVersion: 8,
  opsets: new Map([['', 13]]),
  producer: 'marauder',
  functions: [],
};
