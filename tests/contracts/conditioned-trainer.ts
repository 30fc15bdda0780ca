import { describe, expect, it } from 'vitest';
import { toStepRewards } from '../../src/rewards/shaping/reward-shaper.js';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/run/checkpoint/checkpoint-format.js';
import type { Generator } from '../../src/trainers/contract/settings.js';
import type { Rollout, Trainer, TrainerState } from '../../src/trainers/contract/types.js';
import { type ScriptedGenerator, scriptedGenerator } from '../trainers/scripted-generator.js';
import type { ToySettings } from '../trainers/toy-search.js';

export interface ConditionedTrainerContract {
  readonly create: (generator: Generator, settings: ToySettings) => Promise<Trainer>;
  /** With `inputConditioned` as it is given. */
  readonly settings: (seed: number, inputConditioned: boolean) => ToySettings;
}

const INPUTS = ['x great movie', 'x boring plot', '', 'x warm music in a long and strange scene'];

/** What a trainer owes the loop beyond `testTrainer` where its policy can read inputs. */
export function testConditionedTrainer(name: string, { create, settings }: ConditionedTrainerContract): void {
  const start = async (seed = 0): Promise<{ trainer: Trainer; generator: ScriptedGenerator }> => {
    const generator = scriptedGenerator();
    return { trainer: await create(generator, settings(seed, true)), generator };
  };
  const inputs = INPUTS.flatMap((input) => [input, input]);
  const walk = async (trainer: Trainer, steps: number): Promise<Rollout[][]> => {
    const taken: Rollout[][] = [];
    for (let step = 0; step < steps; step++) {
      const rollouts = await trainer.propose(inputs.length, { inputs });
      const raw = rollouts.map(({ tokenIds, input }) => (tokenIds[0]! % 7) + input!.length);
      const groups = rollouts.map(({ input }) => INPUTS.indexOf(input!));
      await trainer.update(rollouts, toStepRewards(raw, settings(0, true), groups));
      taken.push(rollouts);
    }
    return taken;
  };

  describe(`the trainer ${name}, reading inputs`, () => {
    it('proposes a prompt for each input, in their order', async () => {
      const { trainer } = await start();
      for (const rollouts of await walk(trainer, 3)) {
        expect(rollouts.map(({ input }) => input)).toEqual(inputs);
        for (const { tokenIds } of rollouts) expect(tokenIds).toHaveLength(settings(0, true).promptLength);
      }
      await trainer.dispose();
    });

    it('has read the input before it chooses the first token', async () => {
      const { trainer } = await start();
      const [rollouts] = await walk(trainer, 1);
      const width = (rollouts![0]!.trace as { hidden: Float32Array }).hidden.length / settings(0, true).promptLength;
      const first = rollouts!.map(({ trace }) => (trace as { hidden: Float32Array }).hidden.slice(0, width).join());
      expect(first[0]).toBe(first[1]);
      expect(new Set(first).size).toBe(INPUTS.length);
      await trainer.dispose();
    });

    it('writes the same likeliest prompt for an input whatever the others are, and again by parameters kept', async () => {
      const { trainer } = await start();
      await walk(trainer, 2);
      const kept = trainer.conditioned!.parameters();
      const together = (await trainer.conditioned!.promptsFor(INPUTS)).map(({ tokenIds }) => tokenIds);
      const alone = [];
      for (const input of INPUTS) alone.push((await trainer.conditioned!.promptsFor([input]))[0]!.tokenIds);
      expect(alone).toEqual(together);
      await walk(trainer, 6);
      expect((await trainer.conditioned!.promptsFor(INPUTS, kept)).map(({ tokenIds }) => tokenIds)).toEqual(together);
      const { trainer: other } = await start(1);
      expect((await other.conditioned!.promptsFor(INPUTS, kept)).map(({ tokenIds }) => tokenIds)).toEqual(together);
      await Promise.all([trainer.dispose(), other.dispose()]);
    });

    it('continues from a saved state bit for bit as if it had not been stopped', async () => {
      const { trainer } = await start();
      await walk(trainer, 4);
      const state = throughFile(trainer.save());
      const { trainer: resumed } = await start();
      resumed.restore(state);
      const unbroken = await walk(trainer, 4);
      expect(await walk(resumed, 4)).toEqual(unbroken);
      expect(bytesOf(resumed.save())).toBe(bytesOf(trainer.save()));
      await Promise.all([trainer.dispose(), resumed.dispose()]);
    });

    it('reads no input where it was not set to', async () => {
      const generator = scriptedGenerator();
      const trainer = await create(generator, settings(0, false));
      expect(trainer.conditioned).toBeUndefined();
      expect((await trainer.propose(4)).map(({ input }) => input)).toEqual(new Array(4).fill(undefined));
      await trainer.dispose();
    });

    it('says which inputs it cannot read to their end, and frees every state of the language model', async () => {
      const generator = { ...scriptedGenerator(), contextLength: 6 };
      const trainer = await create(generator, settings(0, true));
      expect(INPUTS.map((input) => trainer.conditioned!.readsWhole(input))).toEqual([true, true, true, false]);
      await walk(trainer, 2);
      await trainer.conditioned!.promptsFor(INPUTS);
      await trainer.dispose();
      expect(generator.liveStates()).toBe(0);
    });
  });
}

function bytesOf({ json, arrays }: TrainerState): string {
  return encodeCheckpoint({ step: 0, json, arrays }).sha256;
}

function throughFile({ json, arrays }: TrainerState): TrainerState {
  const content = decodeCheckpoint(encodeCheckpoint({ step: 0, json, arrays }).bytes);
  return { json: content.json as TrainerState['json'], arrays: content.arrays };
}
