/** The language model that ships with the package: generator and targetLm where none is named. */
export const EMBEDDED_MODEL = 'mail-gpt-4m';

/** Execution providers that some build of the runtime has; which ones this machine has, it says itself. */
export const DEVICES = ['cpu', 'cuda', 'tensorrt', 'webgpu', 'dml', 'coreml'] as const;
