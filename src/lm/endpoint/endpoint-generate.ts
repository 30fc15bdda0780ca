import type { GenerateCapability, GenerateRequest, Generation, LikelihoodCapability } from '../model/types.js';
import { endpointError } from './client/endpoint-errors.js';
import type { EndpointService } from './endpoint-service.js';
import { inParallel } from './in-parallel.js';

/** Texts written by a service; top-k is not in its protocol, but for the likeliest token alone. */
export class EndpointGenerate implements GenerateCapability, LikelihoodCapability {
  constructor(private readonly service: EndpointService) {}

  /** As deterministic as the service is with a seed. */
  async generate(request: GenerateRequest): Promise<Generation[][]> {
    const { maxNewTokens, samplesPerPrefix, stop, topK, topP, temperature, seed, hasSystem, signal } = request;
    return await inParallel(request.prefixes, this.service.width, async (prefix, i) => {
      const completions = await this.service.complete(prefix, {
        maxTokens: typeof maxNewTokens === 'number' ? maxNewTokens : maxNewTokens[i]!,
        temperature: topK === 1 ? 0 : temperature,
        topP,
        stop,
        seed,
        count: samplesPerPrefix,
        hasSystem,
        signal,
      });
      return completions.map(({ text, isFinished, tokenCount }) => ({ text, stopped: isFinished, tokenCount }));
    });
  }

  async textLogProbs(texts: readonly string[]): Promise<{ logProb: number; tokenCount: number }[]> {
    return await inParallel(texts, this.service.width, async (text) => {
      const positions = await this.service.echo(text);
      const scored = positions.slice(1).map(({ logProb }) => logProb);
      if (scored.length === 0 || scored.some(Number.isNaN)) throw this.#noEcho();
      return { logProb: scored.reduce((sum, value) => sum + value, 0), tokenCount: scored.length };
    });
  }

  #noEcho() {
    const message = `${this.service.model} does not tell the log-probabilities of a given text`;
    return endpointError('E_ENDPOINT_ECHO', 'config', message, {
      where: this.service.url.href,
      next: 'name a local model as --fluency-model',
    });
  }
}
