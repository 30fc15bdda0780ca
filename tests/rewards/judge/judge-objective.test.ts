import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadEndpointModel } from '../../../src/lm/endpoint/openai.js';
import type { LoadedModel } from '../../../src/lm/onnx/run/model-parts.js';
import { createJudgeObjective, judgeObjective } from '../../../src/rewards/judge/judge-objective.js';
import type { JudgeSettings } from '../../../src/rewards/objectives/contract/judge-settings.js';
import type { Objective, ObjectiveItem } from '../../../src/rewards/objectives/contract/objective.js';
import type { ObjectiveParts } from '../../../src/rewards/objectives/contract/objective-kind.js';
import type { ExampleOutcome, Task } from '../../../src/task/types.js';
import { FakeService } from '../../lm/endpoint/fake-service.js';

const PROMPTS = { kind: 'classification', splits: { train: [], dev: [], test: [] } } as const;
const SETTINGS: JudgeSettings = { judge: 'openai:judge', judgeMode: 'pairwise', judgeDownWeight: false };
const prompt = (text: string): ObjectiveItem => ({ text, evaluation: { reward: 0, metrics: {} } });

/** How good a text is to the judge of these tests: the number in it. */
const worthOf = (text: string): number => Number(/\d+/.exec(text)?.[0] ?? 0);
/** Prefers the text with the larger number with 0.9, and text 1 whatever it is with `bias` more. */
const preferring = (bias: number) => (question: string) => {
  const texts = [...question.matchAll(/^(?:Prompt|Rewriting) [12]: (".*")$/gm)].map((match) => JSON.parse(match[1]!));
  const p = Math.min(0.999, (worthOf(texts[0]) > worthOf(texts[1]) ? 0.9 : 0.1) + bias);
  return [p > 0.5 ? { '1': p, '2': 1 - p } : { '2': 1 - p, '1': p }];
};

let service: FakeService;
const models: LoadedModel[] = [];
beforeEach(async () => {
  service = await FakeService.start(preferring(0));
});
afterEach(async () => {
  for (const model of models.splice(0)) await model.dispose();
  await service.close();
});

async function objective(more: Partial<JudgeSettings> = {}, task: Pick<Task, 'kind' | 'splits'> = PROMPTS) {
  const model = await loadEndpointModel('openai:judge', service.settings());
  models.push(model);
  return createJudgeObjective(task, { ...SETTINGS, ...more }, model);
}

async function values(judge: Objective, ...texts: string[]): Promise<number[]> {
  return (await judge.score(texts.map(prompt))).map((value) => Math.round(value * 1e6) / 1e6);
}

describe('a pairwise judge', () => {
  it('compares with the best so far, which changes between calls only', async () => {
    const judge = await objective();
    expect(judge.range).toEqual([0, 1]);
    // The first text is the best one as long as there is no other: 2 is compared with itself.
    expect(await values(judge, 'worth 2', 'worth 1', 'worth 3', 'worth 9')).toEqual([0.5, 0.1, 0.9, 0.9]);
    // Of 3 and 9, preferred alike, the first is now the best.
    expect(await values(judge, 'worth 2', 'worth 9')).toEqual([0.1, 0.9]);
    expect(await values(judge, 'worth 3', 'worth 9')).toEqual([0.1, 0.5]);
    expect(judge.metrics!()).toMatchObject({ 'judge/best-changes': 2, 'judge/off-scale': 0 });
  });

  it('asks in both orders, each question once', async () => {
    const judge = await objective();
    const before = service.requests.length;
    await values(judge, 'worth 2', 'worth 1', 'worth 1');
    expect(service.requests.length - before).toBe(2);
    expect(judge.metrics!()).toMatchObject({ 'judge/calls': 2, 'judge/known': 2 });
    const asked = service.requests
      .slice(before)
      .map(({ body }) => (body.messages as { content: string }[])[0]!.content);
    expect(asked[0]).toContain('Prompt 1: "worth 1"\nPrompt 2: "worth 2"');
    expect(asked[1]).toContain('Prompt 1: "worth 2"\nPrompt 2: "worth 1"');
  });

  it('measures how far the order sways the judge, and draws such preferences toward a tie when told to', async () => {
    service.speaks = preferring(0.3);
    // With 1 first: P("1") = 0.4; with 2 first: 0.999. So p = (0.4 + 0.001) / 2, inconsistency 0.399.
    const judge = await objective();
    expect(await values(judge, 'worth 2', 'worth 1')).toEqual([0.5, 0.2005]);
    expect(judge.metrics!()['judge/inconsistency']).toBeCloseTo(0.399, 6);
    expect(judge.metrics!()['judge/swayed']).toBe(0);
    const careful = await objective({ judgeDownWeight: true });
    expect((await values(careful, 'worth 2', 'worth 1'))[1]).toBeCloseTo(0.5 - 0.601 * 0.2995, 5);
  });

  it('has no new best by the place of a text alone', async () => {
    service.speaks = preferring(0.6);
    const judge = await objective();
    // "1" has 0.7 and 0.999: chosen both times.
    expect(await values(judge, 'worth 2', 'worth 9')).toEqual([0.5, 0.6495]);
    expect(judge.metrics!()).toMatchObject({ 'judge/swayed': 1, 'judge/best-changes': 0 });
    expect(await values(judge, 'worth 2')).toEqual([0.5]);
  });

  it('gives a text of nothing the worst value, unasked', async () => {
    const judge = await objective();
    const before = service.requests.length;
    expect(await values(judge, '', '')).toEqual([0, 0]);
    expect(service.requests).toHaveLength(before);
    expect(await values(judge, '', 'worth 2')).toEqual([0, 0.5]);
  });

  it('continues where it was saved: the same best, counts and answers', async () => {
    const whole = await objective();
    await values(whole, 'worth 2', 'worth 1', 'worth 7');
    const saved = JSON.parse(JSON.stringify(whole.save!()));
    const expected = [await values(whole, 'worth 1', 'worth 9'), whole.metrics!()];
    const resumed = await objective();
    resumed.restore!(saved);
    const before = service.requests.length;
    expect([await values(resumed, 'worth 1', 'worth 9'), resumed.metrics!()]).toEqual(expected);
    expect(service.requests.length - before).toBe(4);
  });
});

describe('a judge that scores', () => {
  it('has the expected score on [-1, 1]', async () => {
    service.speaks = () => [{ '7': 0.4, '10': 0.4, '3': 0.2, Well: 1e-9 }];
    const judge = await objective({ judgeMode: 'score10' });
    expect(judge.range).toEqual([-1, 1]);
    const [value] = await judge.score([prompt('a text')]);
    // s = 0.4 · 7 + 0.4 · 10 + 0.2 · 3 = 7.4
    expect(value).toBeCloseTo((2 * 6.4) / 9 - 1, 6);
    expect(judge.metrics!()['judge/score']).toBeCloseTo(7.4, 6);
  });

  it('takes the written number where the service gives no log-probabilities', async () => {
    service.givesLogProbs = false;
    service.speaks = (question) => [{ ' **': 1 }, { [question.includes('good one') ? '10' : '4']: 1 }, { '**': 1 }];
    const judge = await objective({ judgeMode: 'score10' });
    expect(await values(judge, 'a good one', 'a poor one')).toEqual([1, -0.333333]);
  });
});

describe('a judge that answers outside its scale', () => {
  it('is put up with four times, then ends the run with an example of what it says', async () => {
    service.givesLogProbs = false;
    service.speaks = (question) => [{ [question.includes('text') ? 'eleven' : '7']: 1 }];
    const judge = await objective({ judgeMode: 'score10' });
    expect(await values(judge, 'text a', 'fine', 'text b', 'text c', 'text d')).toEqual([0, 0.333333, 0, 0, 0]);
    expect(judge.metrics!()).toMatchObject({ 'judge/off-scale': 4, 'judge/calls': 5 });
    // What it has said of a text it is not asked again.
    expect(await values(judge, 'text a')).toEqual([0]);
    const fifth = judge.score([prompt('text e')]);
    await expect(fifth).rejects.toMatchObject({ code: 'E_JUDGE_SCALE', exitCode: 76 });
    await expect(fifth).rejects.toThrow(/openai:judge was to answer with a number from 1 to 10; 5 of its 6 .*"eleven"/);
  });

  it('counts prose too, and for pairs', async () => {
    service.givesLogProbs = false;
    service.speaks = () => [{ 'Both are': 1 }, { ' fine.': 1 }];
    const judge = await objective();
    expect(await values(judge, 'a 1', 'b 2', 'c 3')).toEqual([0.5, 0.5, 0.5]);
    expect(judge.metrics!()).toMatchObject({ 'judge/off-scale': 4, 'judge/best-changes': 0 });
    await expect(judge.score([prompt('d 4')])).rejects.toThrow(/1 to 2; 5 of its 5 .*"Both are fine\."/);
  });

  it('is not asked a whole step’s questions before that is seen', async () => {
    service.givesLogProbs = false;
    service.speaks = () => [{ maybe: 1 }];
    const judge = await objective({ judgeMode: 'score10' });
    const before = service.requests.length;
    const texts = Array.from({ length: 30 }, (_, i) => prompt(`text ${i}`));
    await expect(judge.score(texts)).rejects.toMatchObject({ code: 'E_JUDGE_SCALE' });
    expect(service.requests.length - before).toBe(8);
  });

  it('is told from one that gives log-probabilities without any of the words', async () => {
    service.speaks = () => [{ Well: 0.9, The: 0.1 }];
    const judge = await objective({ judgeMode: 'score10' });
    await expect(judge.score(['a', 'b', 'c', 'd', 'e'].map(prompt))).rejects.toMatchObject({ code: 'E_JUDGE_SCALE' });
  });
});

describe('a judge of rewritten texts', () => {
  const train = ['see you', 'no idea'].map((text, index) => ({ index, text, label: 1, fields: {} }));
  const task = { kind: 'style-transfer', splits: { train, dev: [], test: [] } } as const;
  const wrote = (...outputs: (Partial<ExampleOutcome> & { index: number })[]): ObjectiveItem => ({
    text: 'prompt',
    evaluation: { reward: 0, metrics: {}, outcomes: outputs.map((one) => ({ reward: 0, label: 'formal', ...one })) },
  });

  it('shows input, wanted style and rubric, and compares outputs of the same input', async () => {
    const judge = await objective({ rubric: ['Polite words only.', 'No slang.'] }, task);
    expect(judge.readsOutputs).toBe(true);
    const scored = await judge.score([
      wrote({ index: 0, output: 'output 5' }, { index: 1, output: 'output 1' }),
      wrote({ index: 0, output: 'output 7' }, { index: 1, output: 'output 0' }),
    ]);
    expect(scored.map((value) => Math.round(value * 1e6) / 1e6)).toEqual([0.5, (0.9 + 0.1) / 2]);
    const questions = service.requests.map(({ body }) => (body.messages as { content: string }[])[0]!.content);
    expect(questions[1]).toBe(
      'Polite words only.\nNo slang.\nText: "see you"\nWanted style: formal\nRewriting 1: "output 7"\n' +
        'Rewriting 2: "output 5"\nWhich rewriting is better, 1 or 2? Answer with the number alone.\nAnswer:',
    );
    expect(questions.filter((question) => question.includes('no idea') && question.includes('output 7'))).toEqual([]);
  });

  it('gives an output that scores nothing the worst value', async () => {
    const judge = await objective({}, task);
    const scored = await judge.score([
      wrote({ index: 0, output: 'x', fault: 'cut' }, { index: 1, output: 'output 1' }),
    ]);
    expect(scored).toEqual([0.25]);
  });
});

it('must be named', () => {
  const parts = { settings: { judgeMode: 'pairwise' } } as unknown as ObjectiveParts;
  expect(judgeObjective.refusal!(parts.task, parts.settings)).toContain('--judge');
});
