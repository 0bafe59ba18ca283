/** Whether the target of `marauder fuzz` is a model, by its name; else it is a policy. */
export const isModel = (target: string | undefined): target is string =>
  target !== undefined && /\.onnx$/i.test(target);
