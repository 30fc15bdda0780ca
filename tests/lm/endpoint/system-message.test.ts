import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EndpointApi } from '../../../src/lm/endpoint/client/endpoint-settings.js';
import { loadEndpointModel } from '../../../src/lm/endpoint/openai.js';
import { requireCapability } from '../../../src/lm/load.js';
import type { LoadedModel } from '../../../src/lm/onnx/run/model-parts.js';
import { parseTemplate } from '../../../src/template/parse-template.js';
import { FakeService, sendJson } from './fake-service.js';

const TEMPLATE = parseTemplate('{system}{prompt}{user}{input} Is it good?', { family: 'causal' });

let service: FakeService;
let model: LoadedModel | undefined;
beforeEach(async () => {
  service = await FakeService.start(() => [{ bad: 0.7, good: 0.3 }]);
});
afterEach(async () => {
  await model?.dispose();
  await service.close();
});

/** What the service was sent for one row. */
async function sent(api: EndpointApi, prompt: string) {
  model = await loadEndpointModel('openai:tiny', service.settings({ api }));
  const scorer = requireCapability(model, 'labelScores');
  const words = ['bad', 'good'].map((word) => ({ label: word, word }));
  const labels = scorer.resolveLabels(TEMPLATE, words);
  const rows = [[0, 0]] as const;
  const request = { template: TEMPLATE, prompts: [prompt], inputs: ['A film.'], labels, rows };
  await scorer.labelScores({ ...request, normalise: 'none' });
  return service.requests.at(-1)!.body;
}

describe('a template with a system message', () => {
  it.each(['Be fair.', ''])('is two messages of a chat service: %j', async (prompt) => {
    expect(await sent('chat', prompt)).toMatchObject({
      messages: [
        { role: 'system', content: prompt },
        { role: 'user', content: 'A film. Is it good?' },
      ],
    });
    expect(model).toMatchObject({ takesMessages: true });
  });

  it.each([
    ['Be fair.', { system: 'Be fair.' }],
    ['', {}],
  ])('has it apart from the messages in the other dialect: %j', async (prompt, apart) => {
    service.interfere = (response) => {
      sendJson(response, 200, { content: [{ type: 'text', text: 'good' }], stop_reason: 'end_turn' });
      return true;
    };
    const { model: _, max_tokens, temperature, ...rest } = await sent('messages', prompt);
    expect(rest).toEqual({ ...apart, messages: [{ role: 'user', content: 'A film. Is it good?' }] });
  });

  it('is there also where texts are written', async () => {
    model = await loadEndpointModel('openai:tiny', service.settings());
    const sampling = {
      samplesPerPrefix: 1,
      maxNewTokens: 4,
      stop: undefined,
      topK: 10,
      topP: 1,
      temperature: 1,
      seed: 0,
    };
    await requireCapability(model, 'generate').generate({
      ...sampling,
      prefixes: ['Be fair.\u001eA film.'],
      hasSystem: true,
    });
    expect(service.requests.at(-1)!.body.messages).toEqual([
      { role: 'system', content: 'Be fair.' },
      { role: 'user', content: 'A film.' },
    ]);
  });

  it('is not taken for granted by a service that continues texts', async () => {
    model = await loadEndpointModel('openai:tiny', service.settings({ api: 'completions' }));
    expect(model.takesMessages).toBe(false);
  });
});
