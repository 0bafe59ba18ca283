// The least model that ONNX Runtime opens: y = x.

/** y = Identity(x), both float32 of any shape; opset 13. */
export const leastModel: Uint8Array = Buffer.from(
  'CAc6LwoQCgF4EgF5IghJZGVudGl0eRIBZ1oLCgF4EgYKBAgBEgBiCwoBeRIGCgQIARIAQgQKABAN',
  'base64',
);
