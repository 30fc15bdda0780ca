import { describe, expect, it } from 'vitest';
import { PhrasePpo } from '../../../src/trainers/algorithms/ppo/phrase-ppo.js';
import { wordNormalisedScores } from '../../../src/trainers/policy/phrase-scores.js';
import { PromptPolicy } from '../../../src/trainers/policy/prompt-policy.js';
import { testTrainer } from '../../contracts/trainer.js';
import { lmLogits, logSumExp } from '../../policy/reference-policy.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { findTheWords, toySettings, toyStep } from '../toy-search.js';

const { words } = scriptedGenerator();
/** Every pair of neighbours, and every word alone. */
const actions = words.flatMap((word, i) => [word, `${word} ${words[(i + 1) % words.length]}`]);
const settingsOf = (seed: number) => toySettings({ trainer: 'ppo', actions, seed, promptsPerStep: 8 });

testTrainer('ppo', {
  create: PhrasePpo.create,
  settings: settingsOf,
  kind: 'policy',
  anyLength: 'phrases have the length they have',
});

describe('ppo over a list of phrases', () => {
  it('starts from the log-probability of the language model, a word', async () => {
    const generator = scriptedGenerator();
    const { hiddenStates, idOf } = generator;
    const lm = await PromptPolicy.create(generator, settingsOf(0), { maskedInLoss: false, frozen: true });
    const phrases = ['movie', 'great movie'].map((text) => ({ text, tokenIds: text.split(' ').map(idOf) }));
    const scores = await wordNormalisedScores(lm, phrases);
    const { weights, bias } = await hiddenStates.head();
    const { hiddenSize, vocabularySize } = hiddenStates;
    const reference = { hiddenSize, vocabularySize, innerSize: 1, head: weights, bias: bias! };
    const logProbOf = async (before: number[], token: number) => {
      const { hidden, state } = await hiddenStates.begin([[0, ...before]]);
      state.dispose();
      const [logits] = lmLogits(reference, hidden);
      return logits![token]! - logSumExp(logits!);
    };
    const [great, movie] = [idOf('great'), idOf('movie')];
    expect(scores[0]).toBeCloseTo(await logProbOf([], movie), 4);
    expect(scores[1]).toBeCloseTo(((await logProbOf([], great)) + (await logProbOf([great], movie))) / 2, 4);
    await lm.dispose();
  });

  it('tries every phrase before it tries one again', async () => {
    const trainer = await PhrasePpo.create(scriptedGenerator({ fluentWords: ['dull'], fluency: 8 }), settingsOf(0));
    const tried = [];
    for (let step = 0; step < actions.length / 8; step++) {
      const { rollouts } = await toyStep(trainer, () => 0, settingsOf(0));
      tried.push(...rollouts.map(({ text }) => text));
    }
    expect(tried.sort()).toEqual([...actions].sort());
  });

  it('comes to prefer the phrase with the highest reward, against the language model', async () => {
    const generator = scriptedGenerator({ fluentWords: ['dull'] });
    const settings = { ...settingsOf(0), actions: ['dull', 'great', 'sad movie', 'bright', 'old'] };
    const trainer = await PhrasePpo.create(generator, settings);
    expect((await trainer.best()).text).toBe('dull');
    const winner = [generator.idOf('sad'), generator.idOf('movie')];
    for (let step = 0; step < 40; step++) await toyStep(trainer, findTheWords(winner), settings);
    expect((await trainer.best()).text).toBe('sad movie');
  });

  it('names a phrase of which the tokenizer makes nothing', async () => {
    const settings = toySettings({ trainer: 'ppo', actions: ['great', 'zzz'] });
    await expect(PhrasePpo.create(scriptedGenerator(), settings)).rejects.toMatchObject({ code: 'E_ACTIONS_EMPTY' });
  });
});
