import { describe, expect, it } from 'vitest';
import type { GenerateRequest, LabelScoreRequest, LanguageModel } from '../../../src/lm/model/types.js';
import { RewardLanguageModel } from '../../../src/rewards/custom/custom-language-model.js';
import type { LmQuestion } from '../../../src/task/define/reward-messages.js';
import { refusalOf } from '../../data/data-folder.js';
import { ScriptedScorer, TEMPLATE } from '../scripted-scorer.js';

/** A target LM that remembers what it was asked. */
class RecordedModel {
  readonly scored: LabelScoreRequest[] = [];
  readonly generated: GenerateRequest[] = [];
  readonly model: LanguageModel;

  constructor(family: 'causal' | 'masked' = 'causal') {
    const scorer = new ScriptedScorer((prompt, input, label) => prompt.length + input.length * Number(label === 'yes'));
    const capabilities: LanguageModel['capabilities'] = {
      labelScores: {
        resolveLabels: (template, labels) => scorer.resolveLabels(template, labels),
        labelScores: async (request) => {
          this.scored.push(request);
          return await scorer.labelScores(request);
        },
        truncation: () => scorer.truncation(),
      },
      generate: {
        generate: async (request: GenerateRequest) => {
          this.generated.push(request);
          const samples = Array.from({ length: request.samplesPerPrefix }, (_, i) => i);
          return request.prefixes.map((prefix) => samples.map((i) => ({ text: `${prefix}${i}`, stopped: true })));
        },
      } as unknown as NonNullable<LanguageModel['capabilities']['generate']>,
      embed: {
        embeddingSize: 2,
        embedTokens: async (texts) =>
          texts.map((text) =>
            text === ''
              ? { tokenIds: [], vectors: new Float32Array(0) }
              : { tokenIds: [1, 2], vectors: Float32Array.of(1, 5, 5, 3) },
          ),
      },
    };
    this.model = { name: 'tiny', family, capabilities } as unknown as LanguageModel;
  }

  answer(kind: LmQuestion['kind'], request: unknown, seed = 3): Promise<unknown> {
    return new RewardLanguageModel(this.model, TEMPLATE).answer({ kind, request, seed } as LmQuestion);
  }
}

describe('what a reward asks the target LM', () => {
  it('is the probabilities of labels, prompt by prompt and input by input', async () => {
    const target = new RecordedModel();
    const request = { prompts: ['p ', ' qq'], inputs: [' a', 'bbb '], labels: ['no', 'yes'] };
    const answer = (await target.answer('scoreLabels', request)) as number[][][];
    const yes = [1, 3].map((length) => 1 / (1 + Math.exp(-length)));
    for (const ofPrompt of answer) {
      for (const [i, [, p = 0]] of ofPrompt.entries()) expect(p).toBeCloseTo(yes[i] ?? 0, 6);
    }
    expect(answer.map((ofPrompt) => ofPrompt.length)).toEqual([2, 2]);
    const [asked] = target.scored;
    expect(asked).toMatchObject({ prompts: ['p', 'qq'], inputs: ['a', 'bbb'], normalise: 'none', template: TEMPLATE });
    expect(asked?.labels.map(({ label, word }) => [label, word])).toEqual([
      ['no', 'no'],
      ['yes', 'yes'],
    ]);
    expect(asked?.rows).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
  });

  it.each([
    ['causal', '{prompt}: {input}', false],
    ['masked', '{prompt} {input} {mask}', true],
  ] as const)('is read by a template of its own, for a %s model', async (family, template, hasMask) => {
    const target = new RecordedModel(family);
    await target.answer('scoreLabels', { prompts: ['p'], inputs: ['a'], labels: ['no', 'yes'], template });
    expect(target.scored[0]?.template).toMatchObject({ source: template, hasMask });
  });

  it('is text, the likeliest unless a temperature is given', async () => {
    const target = new RecordedModel();
    expect(await target.answer('generate', { texts: ['a', 'b'], maxNewTokens: 5 })).toEqual([['a0'], ['b0']]);
    const more = { texts: ['a'], maxNewTokens: 4096, stop: '\n', temperature: 0.5, samples: 2 };
    expect(await target.answer('generate', more, 9)).toEqual([['a0', 'a1']]);
    const always = { topP: 1, stop: undefined };
    expect(target.generated).toEqual([
      { ...always, prefixes: ['a', 'b'], samplesPerPrefix: 1, maxNewTokens: 5, topK: 1, temperature: 1, seed: 3 },
      {
        ...always,
        prefixes: ['a'],
        samplesPerPrefix: 2,
        maxNewTokens: 4096,
        stop: '\n',
        topK: 0,
        temperature: 0.5,
        seed: 9,
      },
    ]);
  });

  it('is the direction of the mean token vector, and zeros for a text of no tokens', async () => {
    // (1, 5) + (5, 3) = (6, 8), of length 10.
    expect(await new RecordedModel().answer('embed', ['a', ''])).toEqual([
      [0.6, 0.8],
      [0, 0],
    ]);
  });

  it.each([
    ['scoreLabels', { prompts: ['p'], inputs: ['a'], labels: ['no'] }, 'labels has fewer than 2 entries'],
    ['scoreLabels', { prompts: ['p'], inputs: ['a'], labels: ['no', ''] }, 'labels.1 is empty'],
    ['scoreLabels', { prompts: [1], inputs: ['a'], labels: ['no', 'yes'] }, 'prompts.0: '],
    [
      'scoreLabels',
      { prompts: [], inputs: [], labels: ['no', 'yes'], more: 1 },
      'the argument has an unknown key more',
    ],
    ['generate', { texts: ['a'], maxNewTokens: 0 }, 'maxNewTokens is below 1'],
    ['generate', { texts: ['a'], maxNewTokens: 4097 }, 'maxNewTokens is above 4096'],
    ['generate', { texts: ['a'], maxNewTokens: 1, stop: '' }, 'stop is empty'],
    ['generate', { texts: ['a'], maxNewTokens: 1, temperature: -1 }, 'temperature is below 0'],
    ['generate', { texts: ['a'], maxNewTokens: 1, samples: 1025 }, 'samples is above 1024'],
    ['generate', { texts: [1, 2, 3, 4, 5, 6], maxNewTokens: 1 }, 'texts.4: '],
    ['embed', 'a text', 'the argument: '],
  ] as const)('is refused where %s is called with %j', async (kind, request, place) => {
    const error = await refusalOf(() => new RecordedModel().answer(kind, request));
    expect(error).toMatchObject({
      code: 'E_PLUGIN_REQUEST',
      exit: 'internal',
      message: expect.stringContaining(`context.${kind} was called wrongly: `),
      next: 'correct the call in the task file',
    });
    expect(error.message).toContain(place);
    expect(error.message).not.toContain('texts.5');
  });
});
