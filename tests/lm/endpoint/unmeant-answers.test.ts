import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EndpointSettings } from '../../../src/lm/endpoint/client/endpoint-settings.js';
import { loadEndpointModel } from '../../../src/lm/endpoint/openai.js';
import { requireCapability } from '../../../src/lm/load.js';
import type { LoadedModel } from '../../../src/lm/onnx/run/model-parts.js';
import { parseTemplate } from '../../../src/template/parse-template.js';
import { FakeService, type Speaker, sendJson } from './fake-service.js';

const TEMPLATE = parseTemplate('{input} {prompt}', { family: 'causal' });

let service: FakeService;
let model: LoadedModel | undefined;
beforeEach(async () => {
  service = await FakeService.start(() => [{ '2': 1 }]);
});
afterEach(async () => {
  await model?.dispose();
  await service.close();
});

async function load(speaks: Speaker, more: Partial<EndpointSettings> = {}): Promise<LoadedModel> {
  service.speaks = speaks;
  model = await loadEndpointModel('openai:tiny', service.settings(more));
  return model;
}

/** Probabilities of ham and spam, in percent. */
async function score(scored: LoadedModel, inputs: readonly string[]): Promise<number[]> {
  const scorer = requireCapability(scored, 'labelScores');
  const labels = scorer.resolveLabels(
    TEMPLATE,
    ['ham', 'spam'].map((word) => ({ label: word, word })),
  );
  const rows = inputs.map((_, i) => [0, i] as const);
  const request = { template: TEMPLATE, prompts: ['Is it'], inputs, labels, rows, normalise: 'none' as const };
  return [...(await scorer.labelScores(request))].map((value) => Math.round(100 * Math.exp(value)));
}

describe('a model that thinks without saying so at the beginning', () => {
  const thoughts = Array.from({ length: 60 }, () => ({ ' well': 1 }));
  const thinks: Speaker = () => [
    { Okay: 0.9, Well: 0.1 },
    ...thoughts,
    { '</think>': 1 },
    { '\n': 1 },
    { ham: 0.8, spam: 0.2 },
  ];

  it.each(['chat', 'completions'] as const)('gets room for it, found out once: %s', async (api) => {
    const scored = await load(thinks, { api });
    expect(await score(scored, ['a', 'b', 'c', 'd'])).toEqual([80, 20, 80, 20, 80, 20, 80, 20]);
    service.requests.length = 0;
    await score(scored, ['e', 'f']);
    expect(service.requests).toHaveLength(2);
  });

  it('is told from one that only talks, at the cost of one long answer', async () => {
    const scored = await load(() => [{ Okay: 1 }, ...thoughts]);
    await expect(score(scored, ['a'])).rejects.toMatchObject({ code: 'E_ENDPOINT_LABELS' });
    expect(service.requests.filter(({ body }) => Number(body.max_tokens) > 1000)).toHaveLength(1);
  });
});

describe('label words that hold little of the probability of a message', () => {
  const first = { The: 0.998, spam: 0.0015, ham: 0.0005 };

  it('are not scored by it, but chosen from', async () => {
    const scored = await load((_, body) =>
      'response_format' in body ? [{ '{"answer": "ham"}': 1 }] : [first, { ' mail': 1 }],
    );
    expect(await score(scored, ['a'])).toEqual([75, 25]);
  });

  it('are refused at the first row where none is chosen', async () => {
    const scored = await load(() => [first, { ' mail': 1 }]);
    await expect(score(scored, ['a'])).rejects.toMatchObject({
      code: 'E_ENDPOINT_LABELS',
      message: expect.stringContaining('"The mail"'),
    });
  });

  it('count as with a local model where a text is continued', async () => {
    const scored = await load(() => [{ The: 0.9, ham: 0.004, spam: 0.001 }], { api: 'completions' });
    expect(await score(scored, ['a'])).toEqual([0, 0]);
  });
});

describe('the log-probability of a given text', () => {
  const echo = (text: string) => {
    service.interfere = (response, body) => {
      if (!body.echo) return false;
      const logprobs = { tokens: ['a', ' fine', ' film'], token_logprobs: [null, -2, -3] };
      sendJson(response, 200, { choices: [{ text, logprobs }] });
      return true;
    };
  };
  const ask = async () => {
    const scored = await load(() => [{ '2': 0.9, '3': 0.1 }], { api: 'completions' });
    return requireCapability(scored, 'likelihood').textLogProbs(['a fine film']);
  };

  it('is what the service tells of the text itself', async () => {
    echo('a fine film');
    expect(await ask()).toEqual([{ logProb: -5, tokenCount: 2 }]);
  });

  it('is refused where the service writes another text', async () => {
    echo(' It was shown');
    await expect(ask()).rejects.toMatchObject({ code: 'E_ENDPOINT_ECHO' });
  });
});
