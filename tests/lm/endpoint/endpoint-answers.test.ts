import { afterEach, describe, expect, it } from 'vitest';
import { loadEndpointModel } from '../../../src/lm/endpoint/openai.js';
import { requireCapability } from '../../../src/lm/load.js';
import type { LoadedModel } from '../../../src/lm/onnx/run/model-parts.js';
import { FakeService, type Speaker } from './fake-service.js';

const WORDS = ['great', 'terrible'];

let service: FakeService | undefined;
let model: LoadedModel | undefined;
afterEach(async () => {
  await model?.dispose();
  await service?.close();
});

const rare = (count: number) => Array.from({ length: count }, (_, i) => [` rare${i}`, 0.0001] as const);

/** Probabilities of both words, and how many requests it took. */
async function ask(api: 'chat' | 'completions', speaks: Speaker) {
  service = await FakeService.start(speaks);
  model = await loadEndpointModel('openai:tiny', service.settings({ api, timeoutMs: 60_000 }));
  const since = service.requests.length;
  const answers = await requireCapability(model, 'answers').answers(['a', 'b', 'c'], WORDS);
  const probabilities = answers.map(({ logProbs }) => logProbs!.map(Math.exp));
  return { probabilities, requests: service.requests.length - since };
}

/**
 * A service that continues texts. It gives `most` tokens at most, or as many as it is asked for. Of the second word they
 * hold what it begins with; the whole word is only the 1,500th.
 */
function scored(next: string, most = Number.POSITIVE_INFINITY) {
  return ask('completions', (text, { logprobs }) => {
    if (/terrible terrible/.test(text)) return [{ [next]: 0.9, '.': 0.1 }];
    const all = [[' great', 0.3], [' t', 0.2], [' terr', 0.1], ...rare(1500), [' terrible', 0.00001]] as const;
    return [Object.fromEntries(all.slice(0, Math.min(most, Number(logprobs))))];
  });
}

/** A service that answers messages, with the second word as the token `last` beyond the likeliest. */
function chatted(last: string, most = Number.POSITIVE_INFINITY) {
  return ask('chat', (_, { top_logprobs }) => {
    const all = [['great', 0.3], ['t', 0.2], ['terr', 0.1], ...rare(1500), [last, 0.00001]] as const;
    return [Object.fromEntries(all.slice(0, Math.min(most, Number(top_logprobs))))];
  });
}

describe('a word that is not among the likeliest tokens, while something that it begins with is', () => {
  it('is asked for among all tokens where the model writes it as one', async () => {
    const { probabilities, requests } = await scored(' terrible');
    for (const [great, terrible] of probabilities) {
      expect(great).toBeCloseTo(0.3, 9);
      expect(terrible).toBeCloseTo(0.00001, 9);
    }
    // Each row twice, and the word once.
    expect(requests).toBe(7);
  });

  it('has at most the smallest probability that was told where the service gives no more', async () => {
    const { probabilities } = await scored(' terrible', 20);
    for (const [, terrible] of probabilities) expect(terrible).toBeCloseTo(0.0001, 9);
  });

  it('has the probability of its longest beginning where the model writes it as several', async () => {
    const { probabilities, requests } = await scored(' terr');
    for (const [, terrible] of probabilities) expect(terrible).toBeCloseTo(0.1, 9);
    expect(requests).toBe(4);
  });

  it('is looked for among all tokens of a chat service, once, and then asked for with each row', async () => {
    const { probabilities, requests } = await chatted('terrible');
    for (const [, terrible] of probabilities) expect(terrible).toBeCloseTo(0.00001, 9);
    expect(requests).toBe(7);
  });

  it.each([
    ['is a token only behind a space', ' terrible', Number.POSITIVE_INFINITY, 4],
    ['cannot be looked for', 'terrible', 20, 3],
  ])('has the probability of its longest beginning where it %s', async (_, last, most, expected) => {
    const { probabilities, requests } = await chatted(last, most);
    for (const [, terrible] of probabilities) expect(terrible).toBeCloseTo(0.1, 9);
    expect(requests).toBe(expected);
  });
});
