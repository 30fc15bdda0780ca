import { describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../src/lm/model/types.js';
import { createJudgeObjective, judgeObjective } from '../../../src/rewards/judge/judge-objective.js';
import { pairQuestion } from '../../../src/rewards/judge/judge-questions.js';
import type { JudgeSettings } from '../../../src/rewards/objectives/contract/judge-settings.js';
import type { ObjectiveParts } from '../../../src/rewards/objectives/contract/objective-kind.js';
import type { Task } from '../../../src/task/types.js';
import { ScriptedScorer } from '../scripted-scorer.js';

type JudgedTask = Pick<Task, 'kind' | 'splits'>;

const PROMPTS: JudgedTask = { kind: 'classification', splits: { train: [], dev: [], test: [] } };
const REWRITINGS: JudgedTask = { ...PROMPTS, kind: 'style-transfer' };
const SETTINGS: JudgeSettings = { judge: 'tiny', judgeMode: 'pairwise', judgeDownWeight: false, rubric: ['Be kind.'] };

/** A judge of this machine whose tokens are characters; of two texts it likes the longer one. */
function modelOf(contextLength = 10_000, digest = 'weights'): LanguageModel {
  const scorer = new ScriptedScorer((_, question, label) => {
    const [, first = '', second = ''] = /Prompt 1: (".*")\nPrompt 2: (".*")/.exec(question) ?? [];
    return (first.length - second.length) * (label === '1' ? 1 : -1);
  });
  return {
    name: 'tiny',
    family: 'causal',
    digest,
    contextLength,
    tokenizer: { encode: (text: string) => [...text].map((_, i) => i) },
    capabilities: { labelScores: scorer },
  } as unknown as LanguageModel;
}

const digestOf = (more: Partial<JudgeSettings> = {}, task = PROMPTS, model = modelOf()) =>
  createJudgeObjective(task, { ...SETTINGS, ...more }, model).digest;

describe('a judge', () => {
  it('is the model that is named, and judges outputs of style transfer only', async () => {
    const asked: string[] = [];
    const load = async (name: string) => {
      asked.push(name);
      return modelOf();
    };
    const partsOf = (task: JudgedTask) => ({ task, settings: SETTINGS, load }) as unknown as ObjectiveParts;
    const judge = await judgeObjective.create(partsOf(PROMPTS));
    expect(asked).toEqual(['tiny']);
    expect(judge.readsOutputs).toBe(false);
    expect((await judgeObjective.create(partsOf(REWRITINGS))).readsOutputs).toBe(true);
    const { task, settings } = partsOf(PROMPTS);
    expect(judgeObjective.refusal?.(task, settings)).toBeUndefined();
  });

  it('is another one with other weights, another way of asking, another rubric or other texts', () => {
    const digests = [
      digestOf(),
      digestOf({ judgeMode: 'score10' }),
      digestOf({ judgeDownWeight: true }),
      digestOf({ rubric: ['Be brief.'] }),
      digestOf({ rubric: undefined }),
      digestOf({}, REWRITINGS),
      digestOf({}, PROMPTS, modelOf(10_000, 'other')),
    ];
    expect(new Set(digests).size).toBe(digests.length);
    for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(digestOf()).toBe(digests[0]);
    expect(digestOf({ rubric: ['Be', 'kind.'] })).toBe(digestOf({ rubric: ['Be\nkind.'] }));
  });

  it('needs room for two sentences and an input beside the rubric', () => {
    const text = 'a sentence of some length '.repeat(2);
    const frame = { kind: 'prompt', rubric: 'Be kind.' } as const;
    const needed = `${pairQuestion(frame, { text, input: text }, { text })}\nAnswer:`.length + 3;
    expect(() => digestOf({}, PROMPTS, modelOf(needed))).not.toThrow();
    expect(() => digestOf({}, PROMPTS, modelOf(needed - 1))).toThrow(
      expect.objectContaining({
        code: 'E_JUDGE_CONTEXT',
        exit: 'config',
        message: `the rubric leaves no room in the context of the judge tiny, which is ${needed - 1} tokens`,
        where: '--rubric',
        next: 'a shorter rubric, or a judge with a longer context',
      }),
    );
  });

  it('is not asked again what a log of the run holds, and writes there what it has answered', async () => {
    const items = ['a prompt', 'a longer prompt'].map((text) => ({ text, evaluation: { reward: 0, metrics: {} } }));
    const written: { key: string; values: Float64Array | Float32Array }[] = [];
    const log = { append: (records: typeof written) => void written.push(...records) };
    const first = createJudgeObjective(PROMPTS, SETTINGS, modelOf());
    first.attach?.({ ...log, records: [] } as never);
    const values = await first.score(items);
    expect(values[0]).toBe(0.5);
    expect(values[1]).toBeGreaterThan(0.9);
    expect(written).toHaveLength(2);
    const records = [...written];
    const silent = new ScriptedScorer(() => {
      throw new Error('it was asked');
    });
    const model = { ...modelOf(), capabilities: { labelScores: silent } } as unknown as LanguageModel;
    const again = createJudgeObjective(PROMPTS, SETTINGS, model);
    again.attach?.({ ...log, records } as never);
    expect(await again.score(items)).toEqual(values);
    expect(written).toHaveLength(2);
  });

  it('gives outputs that nobody wrote the worst value', async () => {
    const judge = createJudgeObjective(REWRITINGS, SETTINGS, modelOf());
    const outcomes = [{ index: 0, reward: 0, label: 'formal' }];
    const items = [{ text: 'p', evaluation: { reward: 0, metrics: {}, outcomes } }];
    expect(await judge.score(items)).toEqual([0]);
  });
});
