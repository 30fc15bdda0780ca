import type { RunConfig } from '../../config/run-config.js';
import type { LoadOptions } from '../../lm/load.js';

/** The settings of a run that say how its language models are loaded and run. */
export function modelOptions(config: RunConfig): LoadOptions {
  const { dtype, device, threads, batchSize, prefixSharing, offline } = config;
  return {
    dtype,
    device,
    threads,
    maxMemoryBytes: config.maxMemory,
    batchSize,
    prefixSharing,
    allowDynamicInt8: config.int8Batches,
    offline,
    endpoint: config.endpoint,
    endpointTimeout: config.endpointTimeout,
    endpointConcurrency: config.endpointConcurrency,
    endpointSamples: config.endpointSamples,
    maxTokens: config.maxTokens,
    maxCost: config.maxCost,
    maxRequests: config.maxRequests,
    price: config.price,
    truncate: config.truncate,
  };
}
