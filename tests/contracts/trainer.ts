import { describe, expect, it } from 'vitest';
import { allowedTokens } from '../../src/policy/token-mask.js';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/run/checkpoint/checkpoint-format.js';
import { mean } from '../../src/statistics/mean.js';
import type { Generator } from '../../src/trainers/contract/settings.js';
import type { Trainer, TrainerState } from '../../src/trainers/contract/types.js';
import { type ScriptedGenerator, scriptedGenerator } from '../trainers/scripted-generator.js';
import { findTheWords, type ToyReward, type ToySettings, type ToyStep, toyStep } from '../trainers/toy-search.js';

export interface TrainerContract {
  readonly create: (generator: Generator, settings: ToySettings) => Promise<Trainer>;
  readonly settings: (seed: number) => ToySettings;
  /**
   * `search`: proposes only new prompts and knows the best it has seen; `policy`: samples from what it learns and
   * decodes greedily.
   */
  readonly kind: 'search' | 'policy';
  /** Reason why prompts may have other lengths than `promptLength`. */
  readonly anyLength?: string;
  /** At which a policy learns within a few steps. @default 0.05 */
  readonly learningRate?: number;
}

const WINNER = [3, 14, 25];

/** Of half of the tokens each is worth as much as any other, so that most prompts teach something. */
const evenTokens: ToyReward = (tokenIds) => 100 * mean(tokenIds.map((id) => Number(id % 2 === 0)));

/** What every trainer owes the loop. Each trainer's own test calls it. */
export function testTrainer(name: string, contract: TrainerContract): void {
  const { create, settings, kind, anyLength, learningRate = 0.05 } = contract;
  const reward = findTheWords(WINNER);
  const count = settings(0).promptsPerStep;
  const start = async (seed = 0): Promise<{ trainer: Trainer; generator: ScriptedGenerator }> => {
    const generator = scriptedGenerator();
    return { trainer: await create(generator, settings(seed)), generator };
  };
  const walk = async (trainer: Trainer, steps: number): Promise<ToyStep[]> => {
    const taken = [];
    for (let step = 0; step < steps; step++) taken.push(await toyStep(trainer, reward, settings(0)));
    return taken;
  };

  /** A policy may repeat itself, and need not have proposed what it decodes greedily: this does not bind it. */
  const searchIt: typeof it | (() => void) = kind === 'search' ? it : () => {};
  /** A search may try each prompt once: nothing of it becomes likelier. */
  const policyIt: typeof it | (() => void) = kind === 'policy' ? it : () => {};

  describe(`the trainer ${name}`, () => {
    it('bears its name, and proposes as many prompts as it is asked for, of allowed tokens', async () => {
      const { trainer, generator } = await start();
      const { hiddenStates, tokenizer } = generator;
      const allowed = await allowedTokens(tokenizer, { width: hiddenStates.vocabularySize });
      expect(trainer.name).toBe(name);
      for (const { rollouts } of await walk(trainer, 4)) {
        expect(rollouts).toHaveLength(count);
        for (const { tokenIds, text } of rollouts) {
          if (!anyLength) expect(tokenIds).toHaveLength(settings(0).promptLength);
          expect(tokenIds.length).toBeGreaterThan(0);
          expect(tokenIds.every((id) => allowed[id] === 1)).toBe(true);
          expect(text).toBe(tokenizer.decode(tokenIds).trim());
        }
      }
      await trainer.dispose();
    });

    it('proposes the same for the same seed, and something else for another', async () => {
      const proposals = [];
      for (const seed of [0, 0, 1]) {
        const { trainer } = await start(seed);
        proposals.push(promptsOf(await walk(trainer, 4)));
        await trainer.dispose();
      }
      expect(proposals[1]).toEqual(proposals[0]);
      expect(proposals[2]).not.toEqual(proposals[0]);
    });

    it('continues from a saved state bit for bit as if it had not been stopped', async () => {
      const { trainer } = await start();
      await trainer.learnFrom([4, 5, 6], 10);
      await walk(trainer, 3);
      const state = throughFile(trainer.save());
      const { trainer: resumed } = await start();
      resumed.restore(state);
      const unbroken = await walk(trainer, 3);
      expect(await walk(resumed, 3)).toEqual(unbroken);
      expect(bytesOf(resumed.save())).toBe(bytesOf(trainer.save()));
      expect((await resumed.best()).tokenIds).toEqual((await trainer.best()).tokenIds);
      await Promise.all([trainer.dispose(), resumed.dispose()]);
    });

    it('saves a state that later steps do not change', async () => {
      const { trainer } = await start();
      await walk(trainer, 2);
      const state = trainer.save();
      const before = bytesOf(state);
      await walk(trainer, 2);
      expect(bytesOf(state)).toBe(before);
      expect(bytesOf(trainer.save())).not.toBe(before);
      await trainer.dispose();
    });

    it('reports finite numbers', async () => {
      const { trainer } = await start();
      for (const { metrics } of await walk(trainer, 3)) {
        const numbers = Object.values(metrics).filter((value) => typeof value === 'number');
        expect(numbers.every(Number.isFinite)).toBe(true);
        expect(metrics.entropy).toBeGreaterThanOrEqual(0);
        if (kind === 'search') expect([metrics.loss, metrics.gradNorm]).toEqual([0, 0]);
      }
      await trainer.dispose();
    });

    it('has a favourite before the first step, and asking for it changes nothing', async () => {
      const { trainer } = await start();
      const { trainer: unasked } = await start();
      expect((await trainer.best()).tokenIds.length).toBeGreaterThan(0);
      expect(promptsOf(await walk(trainer, 2))).toEqual(promptsOf(await walk(unasked, 2)));
      expect((await trainer.best()).tokenIds).toEqual((await trainer.best()).tokenIds);
      expect(bytesOf(trainer.save())).toBe(bytesOf(unasked.save()));
      await Promise.all([trainer.dispose(), unasked.dispose()]);
    });

    searchIt('calls the best prompt it has seen its best', async () => {
      const { trainer } = await start();
      const seen = (await walk(trainer, 4)).flatMap(({ rollouts }) => rollouts.map(({ tokenIds }) => reward(tokenIds)));
      expect(reward((await trainer.best()).tokenIds)).toBe(Math.max(...seen));
      expect(await trainer.learnFrom(WINNER, 100)).toBe(true);
      expect((await trainer.best()).tokenIds).toEqual(WINNER);
      await trainer.dispose();
    });

    searchIt('never proposes a prompt twice while there are new ones', async () => {
      const { trainer } = await start();
      await trainer.learnFrom(WINNER, 100);
      const prompts = promptsOf(await walk(trainer, 24)).flat();
      expect(new Set(prompts).size).toBe(prompts.length);
      expect(prompts).not.toContain(WINNER.join(' '));
      await trainer.dispose();
    });

    policyIt('makes prompts with more reward likelier', async () => {
      const tuned = { ...settings(0), learningRate, promptsPerStep: 32 };
      const trainer = await create(scriptedGenerator(), tuned);
      const means = [];
      for (let step = 0; step < 15; step++) {
        const { rewards } = await toyStep(trainer, evenTokens, tuned);
        means.push(mean(rewards.map(({ raw }) => raw)));
      }
      expect(mean(means.slice(-3))).toBeGreaterThan(mean(means.slice(0, 2)) + 15);
      await trainer.dispose();
    });

    it('frees every state of the language model', async () => {
      const { trainer, generator } = await start();
      await trainer.learnFrom(WINNER, 100);
      await walk(trainer, 2);
      await trainer.best();
      await trainer.dispose();
      expect(generator.liveStates()).toBe(0);
    });
  });
}

function promptsOf(steps: readonly ToyStep[]): string[][] {
  return steps.map(({ rollouts }) => rollouts.map(({ tokenIds }) => tokenIds.join(' ')));
}

function bytesOf({ json, arrays }: TrainerState): string {
  return encodeCheckpoint({ step: 0, json, arrays }).sha256;
}

function throughFile({ json, arrays }: TrainerState): TrainerState {
  const content = decodeCheckpoint(encodeCheckpoint({ step: 0, json, arrays }).bytes);
  return { json: content.json as TrainerState['json'], arrays: content.arrays };
}
