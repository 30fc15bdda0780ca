import { expect, it } from 'vitest';
import type { LanguageModel } from '../../../src/lm/model/types.js';
import { Candidates } from '../../../src/run/select/candidates.js';
import { Readability } from '../../../src/run/select/readability.js';

/** Two tokens per text; a text ends with its mean log-probability. */
const asked: string[] = [];
const generator = {
  capabilities: {
    likelihood: {
      textLogProbs: async (texts: readonly string[]) => {
        asked.push(...texts);
        return texts.map((text) => ({ logProb: 2 * Number(text.split(' ').at(-1)), tokenCount: 2 }));
      },
    },
  },
} as unknown as LanguageModel;

const TASK = { kind: 'classification', manualPrompts: ['hand -3', 'hand -5'] };

function candidatesOf(texts: readonly string[], origin: 'policy' | 'user' = 'policy'): Candidates {
  const candidates = new Candidates(8, 'accuracy', { train: 0, dev: 1, rows: 8 });
  for (const [i, text] of texts.entries()) {
    const train = { accuracy: i / 10 };
    candidates.add({ tokenIds: [i], tokens: [], text, step: 1, reward: 0, train, origin });
  }
  return candidates;
}

it('puts last what the generator finds a nat per token less likely than what was written by hand', async () => {
  const candidates = candidatesOf(['fine -4.9', 'edge -5', 'noise -5.1']);
  expect(candidates.byTrainScore(1)[0]?.text).toBe('noise -5.1');
  await Readability.of(generator, { priorBeta: 1 }, TASK)?.note(candidates);
  expect(candidates.byTrainScore(3).map(({ text, fluency, unreadable }) => [text, fluency, unreadable])).toEqual([
    ['edge -5', -5, undefined],
    ['fine -4.9', -4.9, undefined],
    ['noise -5.1', -5.1, true],
  ]);
  for (const { text } of candidates.save()) {
    candidates.scoreDev(text, { reward: 0, metrics: { accuracy: text.startsWith('noise') ? 1 : 0.5 } });
  }
  expect(candidates.byDevScore(3).at(-1)?.text).toBe('noise -5.1');
});

it('puts last what repeats a word right after itself, however likely it is', async () => {
  const candidates = candidatesOf([
    'in, in, in -1',
    'Sounds of of -1',
    'an answer -1',
    'The theory of it -1',
    'no, not no -1',
  ]);
  await Readability.of(generator, { priorBeta: 1 }, TASK)?.note(candidates);
  const unreadable = candidates.save().filter((candidate) => candidate.unreadable);
  expect(unreadable.map(({ text }) => text)).toEqual(['in, in, in -1', 'Sounds of of -1']);
});

it('asks about each prompt of the policy once, and never about what a person wrote', async () => {
  asked.length = 0;
  const readability = Readability.of(generator, { priorBeta: 1 }, TASK);
  const candidates = candidatesOf(['some -9']);
  await readability?.note(candidates);
  await readability?.note(candidates);
  const typed = candidatesOf(['typed -9'], 'user');
  await readability?.note(typed);
  expect(asked).toEqual([' hand -3', ' hand -5', ' some -9']);
  expect(typed.save()[0]).not.toHaveProperty('unreadable');
});

it('is not asked for without the prior, without something written to compare with, and of a model that tells no likelihood', () => {
  const none = { ...TASK, manualPrompts: [] };
  expect(Readability.of(generator, { priorBeta: 0 }, TASK)).toBeUndefined();
  expect(Readability.of(generator, { priorBeta: 1 }, { ...none, kind: 'custom' })).toBeUndefined();
  expect(Readability.of(generator, { priorBeta: 1 }, none)).toBeDefined();
  expect(Readability.of({ ...generator, capabilities: {} }, { priorBeta: 1 }, TASK)).toBeUndefined();
});
