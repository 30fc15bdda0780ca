import { createHash } from 'node:crypto';
import type { LoadedModel } from '../onnx/run/model-parts.js';
import { EndpointClient } from './client/endpoint-client.js';
import type { EndpointSettings } from './client/endpoint-settings.js';
import { EndpointAnswers } from './endpoint-answers.js';
import { EndpointGenerate } from './endpoint-generate.js';
import { EndpointLabelScores } from './endpoint-label-scores.js';
import { modelOfEndpointName } from './endpoint-name.js';
import { EndpointService } from './endpoint-service.js';

/**
 * A language model behind an OpenAI-compatible service, asked once to find out what it gives. It writes texts and
 * scores labels; it has no hidden states and cannot be a generator.
 *
 * @throws RlpromptError E_ENDPOINT_… where the service cannot be used
 */
export async function loadEndpointModel(
  name: string,
  settings: EndpointSettings,
  signal?: AbortSignal,
): Promise<LoadedModel> {
  const client = new EndpointClient(settings);
  const service = new EndpointService(client, modelOfEndpointName(name));
  try {
    await service.probe(signal);
  } catch (error) {
    await client.close();
    throw error;
  }
  const answers = new EndpointAnswers(service);
  const writer = new EndpointGenerate(service);
  const { givesLogProbs, url } = service;
  return {
    name,
    digest: createHash('sha256')
      .update(JSON.stringify([name, url.href]))
      .digest('hex'),
    family: 'endpoint',
    dtype: 'unknown',
    contextLength: Number.MAX_SAFE_INTEGER,
    tokenizer: undefined,
    takesMessages: !service.continues,
    notes: givesLogProbs
      ? []
      : [`${url.host} gives no log-probabilities: the word that it writes is what is scored (--endpoint-samples)`],
    usage: () => {
      const { rows, spending } = service;
      const { requests, failures: failed, waitMs, gate, settings } = client;
      const { tokens, cost } = spending;
      const inFlight = gate.passing;
      return { model: name, rows, requests, failed, inFlight, waitMs, tokens, cost, limits: settings.limits };
    },
    capabilities: {
      answers,
      generate: writer,
      likelihood: writer,
      labelScores: new EndpointLabelScores(name, url, answers),
    },
    dispose: () => client.close(),
  };
}
