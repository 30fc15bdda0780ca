import { RlpromptError } from '../../errors.js';
import { turnOffReports } from '../onnx/runtime/runtime-reports.js';

export type Library = typeof import('@huggingface/transformers');

let library: Promise<Library> | undefined;

/**
 * transformers.js, loaded on first use: it takes a quarter of a second. It never fetches anything, keeps no cache of its
 * own, and prints nothing.
 */
export function transformersLibrary(): Promise<Library> {
  library ??= load();
  return library;
}

async function load(): Promise<Library> {
  turnOffReports();
  try {
    const loaded = await import('@huggingface/transformers');
    const { env, LogLevel } = loaded;
    env.allowRemoteModels = false;
    env.useFSCache = false;
    env.useBrowserCache = false;
    env.useWasmCache = false;
    env.logLevel = LogLevel.NONE;
    return loaded;
  } catch (cause) {
    throw new RlpromptError({
      code: 'E_RUNTIME_MISSING',
      exit: 'unavailable',
      message: `@huggingface/transformers could not be loaded: ${cause instanceof Error ? cause.message : cause}`,
      next: 'npm install @huggingface/transformers@4.3.1',
      cause,
    });
  }
}
