import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMBEDDED_MODEL } from '../../../src/config/settings/defaults.js';
import { OBJECTIVE_NAMES } from '../../../src/config/values/objective-names.js';
import { loadLanguageModel } from '../../../src/lm/load.js';
import type { LanguageModel } from '../../../src/lm/model/types.js';
import type { ObjectiveSettings } from '../../../src/rewards/objectives/contract/objective-kind.js';
import {
  checkObjectives,
  createObjectives,
  OBJECTIVE_KINDS,
} from '../../../src/rewards/objectives/create-objectives.js';
import type { Evaluation, Task } from '../../../src/task/types.js';

const settings = (objectives: Record<string, number>, more: Partial<ObjectiveSettings> = {}) =>
  ({
    objectives,
    combine: 'sum',
    seed: 0,
    promptLength: 5,
    correct: 200,
    incorrect: 180,
    ...more,
  }) as ObjectiveSettings;
const taskOf = (kind: Task['kind'], more: Partial<Task> = {}) => ({ name: 'this-task', kind, ...more }) as Task;

describe('the objectives of a reward', () => {
  let generator: LanguageModel;
  beforeAll(async () => {
    generator = await loadLanguageModel(EMBEDDED_MODEL, {});
  });
  afterAll(() => generator.dispose());

  async function score(name: string, texts: readonly string[], evaluation: Partial<Evaluation> = {}) {
    const task = taskOf('style-transfer');
    const load = async () => generator;
    const parts = {
      task,
      generator,
      targetLm: generator,
      settings: settings({ [name]: 1 }, { combine: 'product' }),
      load,
    };
    const [objective] = await createObjectives(parts);
    const items = texts.map((text) => ({ text, evaluation: { reward: 12, metrics: {}, ...evaluation } }));
    return { range: objective!.range, values: await objective!.score(items) };
  }

  it('are the names that settings know', () => {
    expect(Object.keys(OBJECTIVE_KINDS).sort()).toEqual([...OBJECTIVE_NAMES].sort());
  });

  it('task, content, style and joint are what the task itself found', async () => {
    const parts = { content: 70, style: 30 };
    expect(await score('task', ['a'], { parts })).toEqual({ range: [0, 100], values: [12] });
    expect((await score('content', ['a'], { parts })).values).toEqual([70]);
    expect((await score('joint', ['a'], { metrics: { joint: 0.25 } })).values).toEqual([25]);
    expect((await score('style', ['a'], { parts })).values).toEqual([30]);
  });

  it('fluency is the mean log-probability a token that the generator LM gives', async () => {
    const text = 'Thank you for your help';
    const { values, range } = await score('fluency', [text, 'help your for you Thank', text, '']);
    const [whole] = await generator.capabilities.likelihood!.textLogProbs([`\n${text}`]);
    expect(values[0]).toBeCloseTo(whole!.logProb / whole!.tokenCount, 12);
    expect(values[2]).toBe(values[0]);
    expect(values[0]).toBeGreaterThan(values[1]! + 1);
    expect(values[3]).toBe(0);
    for (const value of values) expect(value).toBeGreaterThan(range[0]);
  });

  it('fluency of a prompt does not depend on its company', async () => {
    const alone = await score('fluency', ['More about this']);
    const among = await score('fluency', ['a much longer prompt than the other one', 'More about this', 'x']);
    expect(among.values[1]).toBe(alone.values[0]);
  });

  it('length is minus the tokens of the text', async () => {
    const texts = ['More', 'More about this', ''];
    const counts = texts.slice(0, 2).map((text) => generator.tokenizer!.encode(` ${text}`).length);
    expect((await score('length', texts)).values).toEqual([-counts[0]!, -counts[1]!, 0]);
    expect((await score('length', texts)).range).toEqual([-10, 0]);
  });

  it('repetition is minus the share of tokens that were there before, whatever their case', async () => {
    const { values } = await score('repetition', ['more about this', 'more about More about', 'the the list of', '']);
    expect(values[0]).toBe(0);
    expect(values[1]).toBeCloseTo(-0.5, 12);
    expect(values[2]).toBeCloseTo(-0.25, 12);
    expect(values[3]).toBe(0);
  });
});

describe('what objectives say of themselves', () => {
  const words = {
    vocabularySize: 4,
    encode: () => [0, 1, 2, 3],
    decode: ([id = 0]) => [' a', 'A ', ' ', 'b'][id] ?? '',
  };
  const generator = { tokenizer: words } as unknown as LanguageModel;
  const create = async (name: string, task: Task, more: Partial<ObjectiveSettings> = { combine: 'product' }) =>
    await createObjectives({
      task,
      generator,
      targetLm: generator,
      settings: settings({ [name]: 1 }, more),
      load: async () => generator,
    });

  it('is their name, range and what they read', async () => {
    const [repetition] = await create('repetition', taskOf('classification'));
    expect(repetition).toMatchObject({ name: 'repetition', range: [-1, 0], readsOutputs: false });
    const [task] = await create('task', taskOf('classification'));
    expect(task).toMatchObject({ name: 'task', range: [-180, 200], readsOutputs: false });
    const [custom] = await create('task', taskOf('custom', { rewardRange: [-1, 5] }));
    expect(custom).toMatchObject({ range: [-1, 5] });
  });

  it('is nothing where the task stands alone', async () => {
    expect(await create('task', taskOf('classification'), {})).toEqual([]);
  });

  it('repeats tokens whatever their case and space; blank tokens do not count', async () => {
    const [repetition] = await create('repetition', taskOf('classification'));
    const [value] = (await repetition?.score([{ text: 'any', evaluation: { reward: 0, metrics: {} } }])) ?? [];
    expect(value).toBeCloseTo(2 / 3 - 1, 12);
  });
});

describe('objectives that a task cannot give', () => {
  it('are refused by name before a model is loaded', () => {
    const check = (task: Task, objectives: Record<string, number>) => () => checkObjectives(task, settings(objectives));
    expect(check(taskOf('classification'), { content: 1, fluency: 1 })).toThrow(
      'content is an objective of style-transfer tasks; this-task is a classification task',
    );
    expect(check(taskOf('custom'), { task: 1, fluency: 1 })).toThrow(/its range is not known: give rewardRange/);
    expect(check(taskOf('custom', { rewardRange: [0, 1] }), { task: 1, fluency: 1 })).not.toThrow();
    expect(check(taskOf('custom'), { task: 1 })).not.toThrow();
    expect(check(taskOf('style-transfer'), { content: 1, style: 1 })).not.toThrow();
  });

  it('are refused together, and those that are not there by the names there are', async () => {
    const two = () => checkObjectives(taskOf('classification'), settings({ content: 1, style: 1 }));
    expect(two).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^content is .* task; style is .* task$/),
        kept: 'nothing was started',
        next: 'leave the objective out, or choose a task that gives it (rlprompt tasks)',
      }),
    );
    for (const name of ['wit', 'constructor']) {
      expect(() => checkObjectives(taskOf('classification'), settings({ [name]: 1 }))).toThrow(
        expect.objectContaining({
          code: 'E_OBJECTIVE_NOT_FOUND',
          exit: 'config',
          where: '--objective',
          message: expect.stringContaining(`no objective "${name}"; there are task, content, style, joint, fluency`),
        }),
      );
    }
  });

  it('end the program as a mistake of the settings', () => {
    let error: unknown;
    try {
      checkObjectives(taskOf('classification'), settings({ style: 1 }));
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code: 'E_OBJECTIVE_UNSUITED', exitCode: 78, where: 'task this-task, --objective' });
  });
});
