/** See engines.ts, which commands do not load before they run. */
export const engineNames = ['typescript', 'onnxruntime'] as const;
export type EngineName = (typeof engineNames)[number];
