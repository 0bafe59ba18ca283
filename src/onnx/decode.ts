// Bytes of an ONNX file -> Model. Every failure is one UserError that names the file and the node or tensor.
import { messageOf } from '../base/user-error.js';
import type { Model } from '../graph/graph.js';
import { unwrap } from './container.js';
import { decodeOpsets } from './domains.js';
import { invalid } from './errors.js';
import type { Source } from './external-data.js';
import { decodeGraph } from './graph-decode.js';
import { type ModelProto, modelProto } from './proto.js';
import { readMessage } from './proto-reader.js';
import { checkWire } from './wire.js';

/** Training information, documentation and intermediate types are dropped. */
export function decodeModel(bytes: Uint8Array, source: Source): Model {
  const { file } = source;
  const proto = parse(unwrap(bytes, file), file);
  if (proto.graph === undefined) {
    throw invalid(file, 'not an ONNX model: it holds no graph', 'give the path of an ONNX file');
  }
  if (proto.irVersion < 1n || proto.irVersion > 2n ** 31n) {
    throw invalid(file, `not an ONNX model: IR version ${proto.irVersion}`, 'give the path of an ONNX file');
  }
  return {
    graph: decodeGraph(proto.graph, source),
    irVersion: Number(proto.irVersion),
    opsets: decodeOpsets(proto, file),
    producer: proto.producerName,
    functions: proto.functions.map(({ source: body }) => body.slice()),
  };
}

function parse(bytes: Uint8Array, file: string): ModelProto {
  checkWire(modelProto, bytes, file);
  try {
    // A plain view, as subarrays of a Buffer would be Buffers, in opaque attributes too.
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return readMessage(modelProto, plain);
  } catch (thrown) {
    throw invalid(file, `not an ONNX model: ${messageOf(thrown)}`, 'give the path of an ONNX file', thrown);
  }
}
