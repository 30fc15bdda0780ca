import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { completeRunConfig } from '../../../src/config/resolve-run-config.js';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { RewardSchedule } from '../../../src/rewards/shaping/reward-schedule.js';
import { isFlat, uniqueShare } from '../../../src/run/loop/step-statistics.js';
import { Health } from '../../../src/run/watch/health.js';
import { restartPolicy } from '../../../src/run/watch/restart-policy.js';
import { createTrainer } from '../../../src/trainers/registry.js';
import { followRun } from '../../follow-run.js';
import { SMALL_RUN, writeSmallData } from '../../small-data.js';
import { scriptedGenerator } from '../../trainers/scripted-generator.js';
import { findTheWords, type ToyReward, toySettings, toyStep } from '../../trainers/toy-search.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-restart-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const WINNER = [3, 14, 25];

interface Search {
  readonly messages: readonly string[];
  /** Share of different prompts, step by step. */
  readonly shares: readonly number[];
  readonly scored: number;
  /** Step at which the collapse was answered. */
  readonly answeredAt: number;
}

/** At this scale the policy ends with one prompt that is no winner. */
const SCALE = 50;

async function search(onCollapse: 'warn' | 'restart'): Promise<Search> {
  const settings = toySettings({
    promptsPerStep: 8,
    resampling: 0,
    rewardTo: [0, SCALE],
    learningRate: 1e-2,
  });
  const trainer = await createTrainer('log-variance', scriptedGenerator(), settings);
  const health = new Health({ hasPolicy: true });
  const schedule = new RewardSchedule({ rewardTo: settings.rewardTo, steps: 60 });
  const used = { step: 0, forwards: 0 };
  const reward: ToyReward = findTheWords(WINNER);
  const scored = new Set<string>();
  const messages: string[] = [];
  const shares: number[] = [];
  let answeredAt = 0;
  for (let step = 0; step < 60; step++) {
    const { rollouts, rewards, metrics } = await toyStep(trainer, reward, {
      ...settings,
      rewardTo: schedule.rangeAt(used),
    });
    shares.push(uniqueShare(rollouts));
    for (const { text } of rollouts) scored.add(text);
    const warning = health.observe({ flat: isFlat(rewards), uniquePrompts: uniqueShare(rollouts), metrics });
    if (!warning) continue;
    const event = await restartPolicy(
      { config: { onCollapse }, trainer, shaper: { schedule }, watch: { health }, used },
      warning,
    );
    messages.push(event && 'message' in event ? event.message : warning.message);
    answeredAt = step;
  }
  await trainer.dispose();
  return { messages, shares, scored: scored.size, answeredAt };
}

describe('a policy that collapsed', () => {
  it('restarts at half the reward scale and proposes new prompts again', async () => {
    const [left, restarted] = [await search('warn'), await search('restart')];
    expect(left.messages).toEqual(['the policy repeats itself: under 30 % different prompts for 10 steps']);
    expect(restarted.messages[0]).toMatch(/repeats itself.*restarts.*rescaled to 0,25$/);
    const meanAfter = ({ shares, answeredAt }: Search): number =>
      shares.slice(answeredAt + 1, answeredAt + 6).reduce((sum, share) => sum + share / 5, 0);
    expect(meanAfter(left)).toBeLessThan(0.4);
    expect(meanAfter(restarted)).toBeGreaterThan(0.9);
    expect(restarted.scored).toBeGreaterThan(left.scored);
  });

  it.each(['log-variance', 'sparse-q-learning'] as const)(
    'has forgotten its certainty but not its best prompts (%s)',
    async (name) => {
      const settings = toySettings({ trainer: name, promptsPerStep: 8, rewardTo: [0, SCALE], learningRate: 1e-2 });
      const trainer = await createTrainer(name, scriptedGenerator(), settings);
      const reward: ToyReward = (tokenIds) => tokenIds.reduce((sum, id) => sum + id, 0);
      const meanOf = async (options: typeof settings) => {
        const { rewards, metrics } = await toyStep(trainer, reward, options);
        return { entropy: metrics.entropy, mean: rewards.reduce((sum, { raw }) => sum + raw / rewards.length, 0) };
      };
      const first = await meanOf(settings);
      for (let step = 0; step < 28; step++) await toyStep(trainer, reward, settings);
      const narrow = await meanOf(settings);
      await trainer.restart!({ rewardTo: [0, 5] });
      const after = await meanOf({ ...settings, rewardTo: [0, 5] });
      expect(after.entropy).toBeGreaterThan(narrow.entropy + 0.3);
      expect(after.mean).toBeGreaterThan(first.mean);
      await trainer.dispose();
    },
  );

  it('is left alone by trainers without replay, and after three restarts', async () => {
    const settings = toySettings({ trainer: 'reinforce' });
    const trainer = await createTrainer('reinforce', scriptedGenerator(), settings);
    const schedule = new RewardSchedule({ rewardTo: [0, 8], steps: 10 });
    const run = {
      config: { onCollapse: 'restart' },
      trainer,
      shaper: { schedule },
      watch: { health: new Health({ hasPolicy: true }) },
      used: { step: 0, forwards: 0 },
    } as const;
    expect(await restartPolicy(run, { code: 'policy-collapsed', message: '' })).toBeUndefined();
    expect(schedule.isChanging).toBe(false);
    await trainer.dispose();
    for (let i = 0; i < 3; i++) schedule.soften();
    const replaying = await createTrainer('log-variance', scriptedGenerator(), toySettings({}));
    expect(await restartPolicy({ ...run, trainer: replaying }, { code: '', message: '' })).toBeUndefined();
    await replaying.dispose();
  });

  it('cannot be asked to restart where there is no replay', () => {
    expect(completeRunConfig({ task: 'spam', trainer: 'ppo' }).onCollapse).toBe('warn');
    expect(completeRunConfig({ task: 'spam', preset: 'paper' }).onCollapse).toBe('warn');
    expect(() => completeRunConfig({ task: 'spam', trainer: 'ppo', onCollapse: 'restart' })).toThrow('needs replay');
  });
});

describe('a run whose policy collapses', () => {
  const config = (name: string): RunConfigInput => ({
    ...SMALL_RUN,
    task: writeSmallData(folder),
    out: join(folder, name),
    steps: 16,
    checkpointEvery: 4,
    evaluationEvery: 8,
    resampling: 0,
    rewardTo: [0, 3000],
    learningRate: 0.05,
    calibrate: 'none',
  });
  const lastCheckpoint = (name: string) => {
    const path = join(folder, name, 'checkpoints');
    return readFileSync(join(path, readdirSync(path).sort().at(-1)!)).toString('base64');
  };

  it('says that it restarted, shows the new scale, and resumes bit-for-bit after a stop', async () => {
    const whole = await followRun(config('whole'));
    const restart = whole.events.findIndex((event) => event.type === 'warning' && event.code === 'policy-restarted');
    expect(restart).toBeGreaterThan(0);
    const scales = whole.events.flatMap((event) => (event.type === 'step-end' ? [event.metrics['reward/scale']] : []));
    expect(scales.at(0)).toBeUndefined();
    expect(scales.at(-1)).toBe(1500);
    const settings = config('stopped');
    await followRun(settings, {}, (event, controls) => {
      if (event.type === 'step-end' && event.step === 14) controls.stop('interrupted');
    });
    await followRun(settings, { resume: join(folder, 'stopped') });
    expect(lastCheckpoint('stopped')).toBe(lastCheckpoint('whole'));
  });
});
