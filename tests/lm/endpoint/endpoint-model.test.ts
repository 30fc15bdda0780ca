import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completeRunConfig } from '../../../src/config/resolve-run-config.js';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { evaluatePrompts } from '../../../src/evaluate.js';
import type { EndpointSettings } from '../../../src/lm/endpoint/client/endpoint-settings.js';
import { loadEndpointModel } from '../../../src/lm/endpoint/openai.js';
import { Secret } from '../../../src/lm/hub/hub-settings.js';
import { loadLanguageModel, requireCapability } from '../../../src/lm/load.js';
import { describeUsage } from '../../../src/lm/model/remote-usage.js';
import type { LoadedModel } from '../../../src/lm/onnx/run/model-parts.js';
import { optimize } from '../../../src/optimize.js';
import { parseTemplate } from '../../../src/template/parse-template.js';
import { writeSmallData } from '../../small-data.js';
import { FakeService, sendJson } from './fake-service.js';

const TEMPLATE = parseTemplate('{input} {prompt}', { family: 'causal' });
/** Calls a text with "offer" spam, the surer the longer the text. */
const speaks = (text: string) => {
  const p = Math.min(0.9, 0.5 + text.length / 1000);
  return [text.includes('offer') ? { spam: p, ham: 0.95 - p, The: 0.05 } : { ham: p, spam: 0.95 - p, The: 0.05 }];
};

let service: FakeService;
const models: LoadedModel[] = [];
beforeEach(async () => {
  service = await FakeService.start(speaks);
});
afterEach(async () => {
  for (const model of models.splice(0)) await model.dispose();
  await service.close();
});

async function load(more: Partial<EndpointSettings> = {}): Promise<LoadedModel> {
  const model = await loadEndpointModel('openai:tiny', service.settings(more));
  models.push(model);
  return model;
}

/** Two texts, one with an offer in it. */
async function scoreTwo(model: LoadedModel): Promise<{ scores: number[] }> {
  const scorer = requireCapability(model, 'labelScores');
  const labels = scorer.resolveLabels(TEMPLATE, [
    { label: '0', word: 'ham' },
    { label: '1', word: 'spam' },
  ]);
  const rows = [[0, 0] as const, [0, 1] as const];
  const request = { template: TEMPLATE, prompts: ['Is it'], inputs: ['an offer', 'a bug'], labels, rows };
  return { scores: [...(await scorer.labelScores({ ...request, normalise: 'none' }))] };
}

describe.each(['chat', 'completions'] as const)('a language model behind a %s service', (api) => {
  it('scores labels with the probabilities that the service tells', async () => {
    const scorer = requireCapability(await load({ api }), 'labelScores');
    const labels = scorer.resolveLabels(TEMPLATE, [
      { label: '0', word: 'ham' },
      { label: '1', word: 'spam' },
    ]);
    const request = { prompts: ['Is it'], inputs: ['an offer', 'a bug'], normalise: 'none' as const, labels };
    const scores = await scorer.labelScores({
      ...request,
      template: TEMPLATE,
      rows: [
        [0, 0],
        [0, 1],
      ],
    });
    const p = 0.5 + 'an offer Is it'.length / 1000;
    const q = 0.5 + 'a bug Is it'.length / 1000;
    const expected = [0.95 - p, p, q, 0.95 - q];
    for (const [i, value] of expected.entries()) expect(Math.exp(scores[i]!)).toBeCloseTo(value, 5);
    const asked = service.requests.at(-1)!.body;
    expect(asked).toMatchObject(api === 'chat' ? { top_logprobs: 20, logprobs: true } : { logprobs: 20 });
  });

  it('writes as many texts as asked for, also where the service sends fewer at once', async () => {
    service.mostAnswers = 2;
    service.speaks = () => [{ one: 1 }, { ' two': 1 }];
    const writer = requireCapability(await load({ api }), 'generate');
    const request = { prefixes: ['a', 'b'], samplesPerPrefix: 3, stop: '"', topK: 10, topP: 0.9, temperature: 0.7 };
    const written = await writer.generate({ ...request, maxNewTokens: [1, 2], seed: 5 });
    expect(written.map((samples) => samples.map(({ text }) => text))).toEqual([
      ['one', 'one', 'one'],
      ['one two', 'one two', 'one two'],
    ]);
    expect(written.map(([first]) => first!.stopped)).toEqual([false, true]);
    expect(service.requests[1]!.body).toMatchObject({ stop: ['"'], temperature: 0.7, top_p: 0.9, seed: 5 });
  });

  it('scores the word that is written where the service gives no log-probabilities', async () => {
    service.givesLogProbs = false;
    service.speaks = (text) => [{ '**': 1 }, { [text.includes('offer') ? 'Spam' : 'ham']: 1 }, { '**': 1 }];
    const model = await load({ api });
    expect(model.notes[0]).toContain('gives no log-probabilities');
    const { scores } = await scoreTwo(model);
    expect(scores.map((value) => Math.round(100 * Math.exp(value)))).toEqual([25, 75, 75, 25]);
  });

  it('takes the shares of several answers for probabilities', async () => {
    service.givesLogProbs = false;
    let asked = 0;
    service.speaks = () => [{ [++asked % 4 === 0 ? 'ham' : 'spam']: 1 }];
    const { scores } = await scoreTwo(await load({ api, samples: 8 }));
    expect(Math.exp(scores[1]!)).toBeCloseTo(6.5 / 9, 5);
    expect(service.requests.at(-1)!.body).toMatchObject({ temperature: 1 });
  });

  it('holds the service to the words where it takes a list of them', async () => {
    service.givesLogProbs = false;
    service.speaks = (text, body) => {
      const word = text.includes('offer') ? 'spam' : 'ham';
      if ('response_format' in body) return [{ [`{"answer": "${word}"}`]: 1 }];
      return [{ ['grammar' in body ? word : 'Well, it depends']: 1 }];
    };
    const { scores } = await scoreTwo(await load({ api }));
    expect(scores[1]!).toBeGreaterThan(scores[0]!);
    expect(scores[2]!).toBeGreaterThan(scores[3]!);
  });

  it('asks for one token where that decides', async () => {
    await scoreTwo(await load({ api }));
    expect(service.requests).toHaveLength(3);
    expect(service.requests.every(({ body }) => body.max_tokens === 1)).toBe(true);
  });

  it('never scores what the model thinks before it answers', async () => {
    service.speaks = () => [
      { '<think>': 0.9, spam: 0.1 },
      { spam: 0.9, ham: 0.1 },
      { '</think>': 1 },
      { '\n\n': 1 },
      { ham: 0.8, spam: 0.2 },
    ];
    const { scores } = await scoreTwo(await load({ api }));
    expect(scores.map((value) => Math.round(10 * Math.exp(value)))).toEqual([8, 2, 8, 2]);
  });

  it('has no hidden states, which a generator needs', async () => {
    const model = await load({ api });
    expect(() => requireCapability(model, 'hiddenStates')).toThrowError(
      expect.objectContaining({ code: 'E_MODEL_CAPABILITY' }),
    );
  });

  it('counts requests and tokens', async () => {
    const model = await load({ api });
    expect(describeUsage(model.usage!())).toBe('openai:tiny: 1 request, 7 tokens read, 2 written');
  });
});

describe('what a service does not take', () => {
  it.each([
    ['max_tokens is not supported, use max_completion_tokens', { max_completion_tokens: 1 }],
    ['temperature must be 1 for this model', { temperature: undefined }],
    ['top_logprobs must be at most 5', { top_logprobs: 5 }],
    ['seed is not permitted', { seed: undefined }],
  ])('is left out or said otherwise: %s', async (message, then) => {
    service.interfere = (response, _, count) => {
      if (count === 1) sendJson(response, 400, { error: { message } });
      return count === 1;
    };
    await load();
    expect(service.requests).toHaveLength(2);
    for (const [key, value] of Object.entries(then)) expect(service.requests[1]!.body[key]).toBe(value);
  });

  it('is an error where nothing else can be said', async () => {
    service.interfere = (response) => {
      sendJson(response, 400, { error: { message: 'this model\u001b[2J is retired' } });
      return true;
    };
    await expect(load()).rejects.toMatchObject({
      code: 'E_ENDPOINT_PROTOCOL',
      message: expect.stringContaining('is retired'),
    });
    await expect(load()).rejects.not.toMatchObject({ message: expect.stringContaining('\u001b') });
  });

  it('is found at once where log-probabilities are refused altogether', async () => {
    service.interfere = (response, body) => {
      if ('logprobs' in body) sendJson(response, 422, { error: 'logprobs: extra inputs are not permitted' });
      return 'logprobs' in body;
    };
    expect((await load()).notes[0]).toContain('gives no log-probabilities');
    expect(service.requests.length).toBeLessThan(5);
  });
});

describe('a service that fails every few requests', () => {
  it('gives the numbers of one that never does', async () => {
    const scorer = requireCapability(await load(), 'labelScores');
    const labels = scorer.resolveLabels(TEMPLATE, [
      { label: '0', word: 'ham' },
      { label: '1', word: 'spam' },
    ]);
    const inputs = Array.from({ length: 60 }, (_, i) => `${i % 2 ? 'offer' : 'bug'} number ${i}`);
    const rows = inputs.map((_, i) => [0, i] as const);
    const request = { template: TEMPLATE, prompts: ['x'], inputs, labels, rows, normalise: 'none' as const };
    const expected = await scorer.labelScores(request);
    const since = service.requests.length;
    service.interfere = (response, _, count) => {
      if (count % 10 === 0) sendJson(response, 429, {}, { 'retry-after-ms': '5' });
      else if (count % 20 === 3) sendJson(response, 500, {});
      else if (count % 20 === 7) response.destroy();
      else if (count % 20 === 13)
        response.writeHead(200, { 'content-length': 900 }).write('{"cho', () => response.destroy());
      else return false;
      return true;
    };
    expect(await scorer.labelScores(request)).toEqual(expected);
    expect(service.requests.length - since).toBeGreaterThan(70);
  });
});

describe('answers that lack the label words', () => {
  it.each([
    [12, 10],
    [2, 2],
  ])('end it at the row that decides, with an example: %i rows', async (count, most) => {
    service.speaks = () => [{ Well: 0.9, The: 0.1 }, { ' then': 1 }];
    const scorer = requireCapability(await load({ concurrency: 1 }), 'labelScores');
    const labels = scorer.resolveLabels(TEMPLATE, [
      { label: '0', word: 'ham' },
      { label: '1', word: 'spam' },
    ]);
    const inputs = Array.from({ length: count }, (_, i) => `text ${i}`);
    const rows = inputs.map((_, i) => [0, i] as const);
    const scoring = scorer.labelScores({ template: TEMPLATE, prompts: ['x'], inputs, labels, rows, normalise: 'none' });
    await expect(scoring).rejects.toMatchObject({ code: 'E_ENDPOINT_LABELS', exitCode: 76 });
    await expect(scoring).rejects.toThrow(/"Well then"/);
    expect(service.requests.length).toBeLessThanOrEqual(2 * most);
  });
});

describe('a service that speaks the messages dialect', () => {
  it('is asked and read in its own way', async () => {
    service.interfere = (response, { messages }) => {
      const [message] = messages as { content: string }[];
      const text = message!.content.includes('offer') ? '"spam"' : 'ham.';
      const usage = { input_tokens: 9, output_tokens: 1 };
      sendJson(response, 200, { content: [{ type: 'text', text }], stop_reason: 'end_turn', usage });
      return true;
    };
    const model = await load({ api: 'messages', key: new Secret('sk-ant-1') });
    const { scores } = await scoreTwo(model);
    expect(scores[1]!).toBeGreaterThan(scores[0]!);
    expect(scores[2]!).toBeGreaterThan(scores[3]!);
    const { headers, body } = service.requests.at(-1)!;
    expect(headers).toMatchObject({ 'x-api-key': 'sk-ant-1', 'anthropic-version': '2023-06-01' });
    expect(headers.authorization).toBeUndefined();
    expect(Object.keys(body).sort()).toEqual(['max_tokens', 'messages', 'model', 'temperature']);
    expect(model.usage!().tokens).toMatchObject({ read: 27 });
  });
});

describe('a chat answer that is none', () => {
  it.each([
    [{ id: 'x' }, 'choices'],
    [{ choices: [] }, 'choices'],
    [{ choices: [{ message: { content: 5 } }] }, 'content'],
    ['text', ''],
  ])('is refused: %j', async (answer, named) => {
    service.interfere = (response) => {
      sendJson(response, 200, answer);
      return true;
    };
    await expect(load()).rejects.toMatchObject({
      code: 'E_ENDPOINT_PROTOCOL',
      message: expect.stringContaining(named),
    });
  });
});

describe('openai:MODEL by name', () => {
  it('is loaded with the service that the options name, once for all who ask for it', async () => {
    const options = { endpoint: service.endpoint };
    models.push(await loadLanguageModel('openai:tiny', options), await loadLanguageModel('openai:tiny', options));
    expect(models[0]!.family).toBe('endpoint');
    expect(service.requests).toHaveLength(1);
    await models.pop()!.dispose();
    expect(await models[0]!.capabilities.answers!.answers(['offer'], ['ham', 'spam'])).toHaveLength(1);
  });

  it('keeps a slash that is part of the name', async () => {
    models.push(await loadLanguageModel('openai:org/name', { endpoint: service.endpoint }));
    expect(service.requests[0]!.body.model).toBe('org/name');
  });
});

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-endpoint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a task with a target LM behind a service', () => {
  const config = (more: Partial<RunConfigInput> = {}): RunConfigInput => ({
    task: writeSmallData(folder),
    textColumn: 'text',
    labelColumn: 'label',
    shots: 3,
    target: 'openai:tiny',
    endpoint: service.endpoint,
    ...more,
  });

  it('is evaluated by what the service answers', async () => {
    const written: string[] = [];
    const { results, target } = await evaluatePrompts(completeRunConfig(config()), {
      prompts: ['Spam or ham?'],
      split: 'test',
      onOutput: (text) => written.push(text),
    });
    expect(target).toBe('openai:tiny');
    const { evaluation, n } = results[0]!;
    const right = evaluation.outcomes!.filter(({ predicted, label }) => predicted === label).length;
    expect(evaluation.metrics.accuracy).toBe(right / n);
    expect(service.requests).toHaveLength(1 + n);
    expect(written.join('')).toMatch(/openai:tiny: \d+ requests/);
  });

  it('keeps every answer that was paid for when its evaluation is cut off', async () => {
    const evaluate = () => evaluatePrompts(completeRunConfig(config()), { prompts: ['Which?'], split: 'test' });
    service.interfere = (response, _, count) => {
      if (count > 8) sendJson(response, 402, {});
      return count > 8;
    };
    await expect(evaluate()).rejects.toMatchObject({ code: 'E_ENDPOINT_QUOTA' });
    service.interfere = () => false;
    const since = service.requests.length;
    const { results } = await evaluate();
    // The probe, and all but the seven answers that were there.
    expect(service.requests.length - since).toBe(1 + results[0]!.n - 7);
  });

  it.each([
    [{ endpoint: undefined }, 'E_ENDPOINT_MISSING'],
    [{ generator: 'openai:tiny' }, 'E_ENDPOINT_UNFIT'],
    [{ task: 'formality', textColumn: undefined, labelColumn: undefined, contentModel: 'none' }, 'E_ENDPOINT_UNFIT'],
  ])('is refused before anything is asked: %j', async (more, code) => {
    const run = optimize(config({ ...more, out: '/nonexistent/run' } as Partial<RunConfigInput>));
    await expect(run.next()).rejects.toMatchObject({ code });
    expect(service.requests).toHaveLength(0);
  });
});

describe('what a service may be asked for', () => {
  it('is never passed, and every answer before is counted', async () => {
    const price = [2, 10] as const;
    const model = await load({ concurrency: 1, limits: { maxTokens: 1200, price } });
    let answered = 0;
    const ask = async (): Promise<never> => {
      for (;;) {
        await scoreTwo(model);
        answered += 2;
      }
    };
    await expect(ask()).rejects.toMatchObject({ code: 'E_ENDPOINT_SPENT', where: '--max-tokens', exitCode: 69 });
    expect(answered).toBeGreaterThan(10);
    const { requests, rows, tokens, cost, inFlight } = model.usage!();
    const { read, written } = tokens!;
    expect({ requests, rows, inFlight }).toEqual({ requests: service.requests.length, rows: answered, inFlight: 0 });
    expect(read + written).toBeLessThanOrEqual(1200);
    expect(cost).toBeCloseTo((read * 2 + written * 10) / 1e6, 9);
  });

  it('is sent no request beyond their limit', async () => {
    const model = await load({ concurrency: 4, limits: { maxRequests: 9 } });
    const ask = async (): Promise<never> => {
      for (;;) await scoreTwo(model);
    };
    await expect(ask()).rejects.toMatchObject({ code: 'E_ENDPOINT_SPENT', where: '--max-requests', exitCode: 69 });
    expect(service.requests).toHaveLength(9);
  });

  it('sends nothing at all where the first request could cost too much', async () => {
    const limits = { maxCost: 0.0001, price: [2, 10] as const };
    await expect(load({ limits })).rejects.toMatchObject({ code: 'E_ENDPOINT_SPENT', where: '--max-cost' });
    expect(service.requests).toEqual([]);
  });

  it.each([
    [{ maxCost: 1, target: 'openai:tiny' }, '--price'],
    [{ maxTokens: 100 }, '--max-tokens'],
    [{ maxRequests: 100 }, '--max-requests'],
  ])('%j is refused before anything is asked', async (settings, where) => {
    const config = completeRunConfig({ task: 'spam', endpoint: service.endpoint, ...settings });
    const asked = evaluatePrompts(config, { prompts: [''], split: 'dev' });
    await expect(asked).rejects.toMatchObject({ code: 'E_ENDPOINT_UNFIT', where });
    expect(service.requests).toEqual([]);
  });
});
