import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeRunConfig } from '../../../src/config/resolve-run-config.js';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { EMBEDDED_MODEL } from '../../../src/config/settings/defaults.js';
import { loadLanguageModel } from '../../../src/lm/load.js';
import type { LanguageModel } from '../../../src/lm/model/types.js';
import { generatorOf } from '../../../src/run/prepare/run-models.js';
import { tunedTo } from '../../../src/run/prepare/tuned-config.js';
import type { Trainer } from '../../../src/trainers/contract/types.js';
import { createTrainer } from '../../../src/trainers/registry.js';

const PROMPTS = 24;

describe('what is said of the words of a prompt', { timeout: 120_000 }, () => {
  let lm: LanguageModel;
  const trainers: Trainer[] = [];
  beforeAll(async () => {
    lm = await loadLanguageModel(EMBEDDED_MODEL, {});
  });
  afterAll(async () => {
    for (const trainer of trainers) await trainer.dispose();
    await lm.dispose();
  });

  async function trainerOf(more: Partial<RunConfigInput> = {}): Promise<Trainer> {
    const generator = generatorOf(lm);
    const config = tunedTo(generator, completeRunConfig({ task: 'spam', innerSize: 64, ...more }));
    const trainer = await createTrainer(config.trainer, generator, config);
    trainers.push(trainer);
    return trainer;
  }
  const textsOf = async (more: Partial<RunConfigInput>): Promise<string[]> => {
    const trainer = await trainerOf(more);
    return [...(await trainer.propose(PROMPTS)), await trainer.best()].map(({ text }) => text);
  };
  const COMMON = /(?<![\p{L}\p{N}])(the|to|and|i|it|you|is)(?![\p{L}\p{N}])/iu;

  it.each(['log-variance', 'best-of-n', 'soft-q-learning'] as const)(
    'forbidden words never come (%s)',
    async (trainer) => {
      const given = { trainer, priorBeta: 1 };
      expect((await textsOf(given)).some((text) => COMMON.test(text))).toBe(true);
      const forbid = ['the', 'TO', 'and', 'I', 'it', 'you', 'is'];
      expect((await textsOf({ ...given, forbid })).filter((text) => COMMON.test(text))).toEqual([]);
    },
  );

  it.each(['log-variance', 'best-of-n'] as const)(
    'every prompt begins with what it must contain (%s)',
    async (trainer) => {
      const texts = await textsOf({ trainer, mustContain: 'In short,' });
      expect(texts.every((text) => text.startsWith('In short,') && text.length > 'In short,'.length)).toBe(true);
      expect(new Set(texts).size).toBeGreaterThan(PROMPTS / 2);
    },
  );

  it('a policy still learns behind the text that is given', async () => {
    const trainer = await trainerOf({ mustContain: 'In short,' });
    const rollouts = await trainer.propose(8);
    const rewards = rollouts.map((_, i) => ({ raw: i, zScored: (i - 3.5) / 2, shaped: 5 * (i - 3.5) }));
    const { loss, gradNorm, skipped } = await trainer.update(rollouts, rewards);
    expect(loss).toBeGreaterThan(0);
    expect(gradNorm).toBeGreaterThan(0);
    expect(skipped).toBe(false);
  });

  it('a context changes what the generator writes, and is read the same way each time', async () => {
    const context = ['From: Anna', 'Subject: cheap pills', '', 'A phrase after which the answer follows:'];
    const read = await textsOf({ context });
    expect(read).toEqual(await textsOf({ context }));
    expect(read).not.toEqual(await textsOf({}));
  });

  it('a context that is longer than the generator can read loses its beginning', async () => {
    const end = 'A phrase after which the answer follows:';
    expect((await textsOf({ context: [`${'word '.repeat(5000)}${end}`] })).every((text) => text !== '')).toBe(true);
  });

  it('text that no prompt may hold is refused', async () => {
    await expect(trainerOf({ mustContain: 'a\nb' })).rejects.toMatchObject({ code: 'E_TOKEN_MASK' });
  });
});
