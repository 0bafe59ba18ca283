// The protobuf messages of ONNX, under the one name that the rest of this folder imports.
// Regenerate after replacing onnx.proto (onnx/onnx.proto of github.com/onnx/onnx), in this folder:
//   npx -p @bufbuild/buf -p @bufbuild/protoc-gen-es@2.12 buf generate
// with a buf.gen.yaml of `version: v2`, `plugins: [{ local: protoc-gen-es, out: generated, opt: target=ts }]`.
export * from './generated/onnx_pb.js';
