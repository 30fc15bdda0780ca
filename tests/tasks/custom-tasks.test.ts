import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadTask } from '../../src/task/load/load-task.js';
import type { Example, RewardContext, Split, Task } from '../../src/task/types.js';
import { builtInReward } from './built-in-reward.js';

const ROOT = resolve(import.meta.dirname, '../..');
const SPLITS: readonly Split[] = ['train', 'dev', 'test'];
const load = (name: string) => loadTask(name, { seed: 0, shots: 16 });

/** A context whose target LM says what `say` makes of a text. */
function contextOf(say: (text: string) => string): RewardContext {
  const refuse = () => Promise.reject(new Error('not used here'));
  const generate: RewardContext['generate'] = async ({ texts }) => texts.map((text) => [say(text)]);
  const signal = new AbortController().signal;
  return { signal, rng: () => 0, log: () => {}, scoreLabels: refuse, embed: refuse, generate };
}

const examplesOf = (task: Task): readonly Example[] => task.splits.train;

async function rewardsOf(task: Task, prompts: string[], say: (text: string) => string) {
  const reward = await builtInReward(task.name);
  return await reward({ prompts, examples: examplesOf(task), split: 'train' }, contextOf(say));
}

describe.each([
  ['exact-answer', 16, 16, 48],
  ['javascript-syntax', 8, 8, 20],
  ['calm-mail', 8, 8, 16],
  ['asking-mail', 16, 16, 48],
  ['first-person', 16, 16, 48],
])('the built-in task %s', (name, ...sizes) => {
  it('has its examples, none of them in two splits, and manual prompts', async () => {
    const task = await load(name);
    expect(task).toMatchObject({ name, kind: 'custom', source: 'built-in', warnings: [] });
    expect(SPLITS.map((split) => task.splits[split].length)).toEqual(sizes);
    expect(task.manualPrompts.length).toBeGreaterThan(1);
  });
});

describe('exact-answer', () => {
  it('asks about each country in one split only', async () => {
    const task = await load('exact-answer');
    const answers = SPLITS.flatMap((split) => task.splits[split].map(({ fields }) => fields.answer));
    expect(new Set(answers).size).toBe(80);
  });

  it('pays whole for the answer itself, half for a sentence around it, and nothing for another', async () => {
    const task = await load('exact-answer');
    const answerTo = (text: string) => examplesOf(task).find((e) => text.startsWith(e.text))!.fields.answer!;
    const say = (text: string) => {
      if (text.endsWith('exactly')) return ` ${answerTo(text).toUpperCase()}.`;
      return text.endsWith('wordy') ? ` It is ${answerTo(text)}.` : ' I do not know';
    };
    expect(await rewardsOf(task, ['exactly', 'wordy', ''], say)).toEqual([
      { reward: 100, metrics: { accuracy: 1 } },
      { reward: 50, metrics: { accuracy: 0 } },
      { reward: 0, metrics: { accuracy: 0 } },
    ]);
  });
});

describe('asking-mail', () => {
  it('pays the share of mails that continue with a question', async () => {
    const task = await load('asking-mail');
    const say = (text: string) => (text.startsWith('all') || text.endsWith(',') ? ' can you come?' : ' I can come.');
    expect(await rewardsOf(task, ['all', ''], say)).toEqual([100, 12.5]);
  });

  it('has each beginning in one split only, and none of first-person', async () => {
    const tasks = [await load('asking-mail'), await load('first-person')];
    const beginnings = tasks.flatMap(({ splits }) => SPLITS.flatMap((split) => splits[split].map(({ text }) => text)));
    expect(new Set(beginnings).size).toBe(beginnings.length);
  });
});

describe('first-person', () => {
  it('pays the share of mails whose writer says I, as a word of its own', async () => {
    const task = await load('first-person');
    const say = (text: string) => (text.startsWith('me') ? ' is what I wrote' : ' In Iceland it is late');
    expect(await rewardsOf(task, ['me', ''], say)).toEqual([100, 0]);
  });
});

describe('javascript-syntax', () => {
  it('pays for what a compiler takes, with its open braces closed', async () => {
    const task = await load('javascript-syntax');
    const say = (text: string) => (text.includes('good') ? '  if (true) { return 1;' : '  Dear customer, your order');
    expect(await rewardsOf(task, ['good', 'bad'], say)).toEqual([
      { reward: 100, metrics: { accuracy: 1 } },
      { reward: 0, metrics: { accuracy: 0 } },
    ]);
  });
});

describe('calm-mail', () => {
  let service: ChildProcess;
  let url = '';

  beforeAll(async () => {
    service = spawn(process.execPath, [join(ROOT, 'tasks/calm-mail/service.mjs'), '0']);
    url = await new Promise<string>((found) => {
      service.stdout!.on('data', (text) => found(/http:\S+/.exec(String(text))![0]));
    });
  });

  afterAll(() => {
    service.kill();
    vi.unstubAllEnvs();
  });

  it('is judged by the service: calm words, shrill words and exclamation marks', async () => {
    const texts = ['the minutes are here', 'FREE money now', 'one two!', '...'];
    const response = await fetch(url, { method: 'POST', body: JSON.stringify({ texts }) });
    expect(await response.json()).toEqual({ scores: [1, 0, 0.9, 0] });
  });

  it('answers what is no list of texts with an error', async () => {
    expect((await fetch(url, { method: 'POST', body: '{"texts":1}' })).status).toBe(400);
  });

  it('fails, and says how to start the service, where there is none', async () => {
    const task = await load('calm-mail');
    expect(task.env).toEqual(['CALM_MAIL_URL']);
    // Nothing listens on the discard port.
    vi.stubEnv('CALM_MAIL_URL', 'http://127.0.0.1:9/');
    const batch = { prompts: ['x'], examples: examplesOf(task), split: 'train' } as const;
    const reward = await builtInReward(task.name);
    const asked = async () =>
      reward(
        batch,
        contextOf(() => 'mail'),
      );
    await expect(asked).rejects.toThrow(
      /no service at http:\/\/127\.0\.0\.1:9\/; start it: node tasks\/calm-mail\/service\.mjs/,
    );
  });
});
