// A policy that uses every key, for tests to break.
export const sample = `# yaml-language-server: $schema=./policy.schema.json
version: 1
seed: 2026
models:
  robust: ../corpora/digits-mlp-robust.onnx
  cnn: { file: ../corpora/digits-cnn.onnx }
  quantised: ../corpora/digits-cnn-int8.onnx
inputs:
  range: [0, 1]
data:
  test:
    file: ../corpora/digits.npz
    inputs: test_images
    labels: test_labels
    scale: 0.0625
  table: { file: table.csv, inputs: [a, b] }
budget: { executions: 9000, seconds: 7.5 }
properties:
  - name: robust-digits
    kind: robustness
    model: robust
    data: test
    rows: 100
    linfEpsilon: 0.05
    class: label
    expect: proved
    share: 0.75
    budget: { executions: 5000 }
  - name: finite-anywhere
    kind: finite
    model: cnn
    expect: tested
  - name: quantised-agrees
    kind: agreement
    models: [cnn, quantised]
    data: test
    rows: [10, 20]
    linfEpsilon: 0.02
    expect: tested
    unchecked: forbidden
`;
