import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { EMBEDDED_MODEL } from '../../../src/config/settings/defaults.js';
import { loadLanguageModel } from '../../../src/lm/load.js';
import type { LoadedModel } from '../../../src/lm/onnx/run/model-parts.js';
import { createJudgeObjective } from '../../../src/rewards/judge/judge-objective.js';
import type { JudgeSettings } from '../../../src/rewards/objectives/contract/judge-settings.js';
import type { ObjectiveItem } from '../../../src/rewards/objectives/contract/objective.js';
import { HUB_LIKE } from '../../lm/onnx/hub-like.js';

const PROMPTS = { kind: 'classification', splits: { train: [], dev: [], test: [] } } as const;
const SETTINGS: JudgeSettings = { judge: EMBEDDED_MODEL, judgeMode: 'pairwise', judgeDownWeight: false };
const prompt = (text: string): ObjectiveItem => ({ text, evaluation: { reward: 0, metrics: {} } });

const models: LoadedModel[] = [];
afterEach(async () => {
  for (const model of models.splice(0)) await model.dispose();
});

describe('a judge on this machine', () => {
  it('has a probability for every answer, the two-token 10 too', async () => {
    const model = await loadLanguageModel(EMBEDDED_MODEL);
    models.push(model);
    const judge = createJudgeObjective(PROMPTS, { ...SETTINGS, judgeMode: 'score10' }, model);
    const [one, two] = await judge.score([prompt('Please send the patch again.'), prompt('qx zz qx')]);
    expect(Math.abs(one!)).toBeLessThan(1);
    expect(one).not.toBe(two);
    expect(judge.metrics!()).toMatchObject({ 'judge/calls': 2, 'judge/off-scale': 0 });
  });

  it('is not asked what it cannot read whole', async () => {
    const model = await loadLanguageModel(EMBEDDED_MODEL);
    models.push(model);
    const judge = createJudgeObjective(PROMPTS, { ...SETTINGS, judgeMode: 'score10' }, model);
    expect(await judge.score([prompt('so long '.repeat(200))])).toEqual([0]);
    expect(judge.metrics!()).toMatchObject({ 'judge/too-long': 1, 'judge/calls': 0 });
  });

  it('is refused with a rubric that fills its context, before anything is judged', async () => {
    const model = await loadLanguageModel(EMBEDDED_MODEL);
    models.push(model);
    const rubric = new Array(60).fill('One thing more to look for in a text.');
    expect(() => createJudgeObjective(PROMPTS, { ...SETTINGS, rubric }, model)).toThrowError(
      expect.objectContaining({ code: 'E_JUDGE_CONTEXT', message: expect.stringContaining('256 tokens') }),
    );
  });

  it.each([
    ['bert', 'E_JUDGE_MODEL'],
    ['bert-encoder', 'E_MODEL_CAPABILITY'],
  ])('cannot be %s', async (name, code) => {
    const model = await loadLanguageModel(join(HUB_LIKE, name));
    models.push(model);
    expect(() => createJudgeObjective(PROMPTS, SETTINGS, model)).toThrowError(expect.objectContaining({ code }));
  });
});
