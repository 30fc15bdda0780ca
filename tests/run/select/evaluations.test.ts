import { describe, expect, it } from 'vitest';
import {
  type EvaluatedRun,
  evaluateTopCandidates,
  measureBaselines,
  measureOnTest,
} from '../../../src/run/select/evaluations.js';
import { PromptPool } from '../../../src/run/select/prompt-pool.js';
import { splitShares } from '../../../src/run/select/selection.js';
import type { TaskKind } from '../../../src/task/types.js';
import { scriptedGenerator } from '../../trainers/scripted-generator.js';
import { examples, TableEvaluator, type Worth } from './table-evaluator.js';

const SPLITS = { train: examples(4, 'train'), dev: examples(6, 'dev'), test: examples(8, 'test') };
const { tokenizer } = scriptedGenerator();

/** `good 3` is right on the first three examples of each split. */
const byNumber: Worth = ({ text, example }) => (example.index < Number(/\d+$/.exec(text)?.[0] ?? 0) ? 2 : -1);

function runOf({ worth = byNumber, manualPrompts = [] as string[], kind = 'classification' as TaskKind } = {}): {
  run: EvaluatedRun;
  evaluator: TableEvaluator;
} {
  const evaluator = new TableEvaluator(worth);
  const settings = {
    capacity: 20,
    metric: 'accuracy',
    shares: splitShares('dev', { train: 4, dev: 4 }),
    promptLength: 3,
    examplesMet: 'all',
  } as const;
  const prompts = new PromptPool(tokenizer, { ...settings, stepNow: () => 7 });
  return { run: { task: { kind, splits: SPLITS, manualPrompts }, evaluator, prompts }, evaluator };
}

const rollout = (text: string, ...tokenIds: number[]) => ({ text, tokenIds, trace: undefined });
const known = (run: EvaluatedRun, text: string, reward: number, accuracy: number): void =>
  run.prompts.add(rollout(text, 1), { reward, metrics: { accuracy } }, 'policy');

describe('the best candidates', () => {
  it('are scored on dev with the favourites, each once', async () => {
    const { run, evaluator } = runOf();
    known(run, 'p 1', 1, 0.25);
    known(run, 'p 2', 2, 0.5);
    known(run, 'p 3', 3, 0.75);
    await evaluateTopCandidates(run, 2, [rollout('p 4', 5, 6), rollout('p 3', 1)]);
    // Favourites on train; then they and the two best on dev. `p 4` is the best on train, so `p 3` is the second.
    expect(evaluator.prompts()).toEqual(['p 4:4', 'p 3:4', 'p 4:6', 'p 3:6']);
    expect(run.prompts.candidates.get('p 4')).toMatchObject({
      tokenIds: [5, 6],
      step: 7,
      reward: 2,
      train: { accuracy: 1 },
      dev: { accuracy: 4 / 6 },
      devReward: 1,
      origin: 'policy',
    });
    expect(run.prompts.candidates.get('p 2')?.dev).toBeUndefined();
  });

  it('keep the dev numbers that they have', async () => {
    const { run, evaluator } = runOf();
    known(run, 'p 3', 3, 0.75);
    run.prompts.candidates.scoreDev('p 3', { reward: 9, metrics: { accuracy: 0.9 } });
    known(run, 'p 2', 2, 0.5);
    await evaluateTopCandidates(run, 5, []);
    expect(evaluator.prompts()).toEqual(['p 2:6']);
    expect(run.prompts.candidates.get('p 3')?.dev).toEqual({ accuracy: 0.9 });
  });
});

describe('baselines', () => {
  it('are the empty prompt and those by hand, on dev', async () => {
    const { run, evaluator } = runOf({ manualPrompts: [' hand 3 ', 'hand 2'] });
    const baselines = await measureBaselines(run, { compete: false });
    expect(baselines).toEqual([
      { name: 'empty', prompt: '', dev: { accuracy: 0 } },
      { name: 'manual', prompt: ' hand 3 ', dev: { accuracy: 0.5 } },
      { name: 'manual', prompt: 'hand 2', dev: { accuracy: 2 / 6 } },
    ]);
    expect(evaluator.prompts()).toEqual([':6', 'hand 3:6', 'hand 2:6']);
    expect(run.prompts.candidates.save()).toEqual([]);
  });

  it('are candidates where they compete', async () => {
    const { run, evaluator } = runOf({ manualPrompts: ['hand 3'] });
    await measureBaselines(run, { compete: true });
    expect(evaluator.prompts()).toEqual([':6', 'hand 3:6', ':4', 'hand 3:4']);
    expect(run.prompts.top(5)).toMatchObject([
      { text: 'hand 3', origin: 'manual', train: { accuracy: 0.75 }, dev: { accuracy: 0.5 }, reward: 1.25 },
      { text: '', origin: 'empty', train: { accuracy: 0 }, dev: { accuracy: 0 }, reward: -1 },
    ]);
  });
});

describe('plain prompts', () => {
  it('compete with what is found, as written ones, and are no baselines', async () => {
    const { run, evaluator } = runOf();
    const baselines = await measureBaselines(run, { compete: true, plain: ['plain 3'] });
    expect(baselines.map(({ prompt }) => prompt)).toEqual(['']);
    known(run, 'p 2', 4, 1);
    await evaluateTopCandidates(run, 5, []);
    const [best] = run.prompts.top(1);
    expect(best).toMatchObject({ text: 'plain 3', origin: 'plain', dev: { accuracy: 0.5 } });
    evaluator.asked.length = 0;
    const measured = await measureOnTest(run, best!, baselines);
    expect(evaluator.prompts()).toEqual(['plain 3:8', ':8', 'p 2:8']);
    expect(measured.verdict).toMatchObject({ baseline: 'plain 3', difference: -1 / 8 });
    expect(measured.baselines).toEqual({
      empty: { dev: { accuracy: 0 }, test: { accuracy: 0 } },
      plain: { prompt: 'plain 3', dev: { accuracy: 0.5 }, test: { accuracy: 3 / 8 } },
    });
  });

  it('do not compete where nothing but a policy does', async () => {
    const { run, evaluator } = runOf();
    await measureBaselines(run, { compete: false, plain: ['plain 3'] });
    expect(evaluator.prompts()).toEqual([':6']);
  });
});

describe('the test split', () => {
  it('is scored once, for the best prompt, the baselines and the best that was found', async () => {
    const { run, evaluator } = runOf({ manualPrompts: ['hand 1', 'hand 3', 'also 3'] });
    const baselines = await measureBaselines(run, { compete: true });
    known(run, 'p 5', 4, 1);
    await evaluateTopCandidates(run, 1, []);
    const [best] = run.prompts.top(1);
    evaluator.asked.length = 0;
    const measured = await measureOnTest(run, best!, baselines);
    expect(evaluator.prompts()).toEqual(['p 5:8', ':8', 'hand 1:8', 'hand 3:8', 'also 3:8']);
    expect(measured.best).toEqual({
      prompt: 'p 5',
      origin: 'policy',
      tokenIds: [1],
      tokens: [tokenizer.piece(1)],
      reward: 4,
      train: { accuracy: 1 },
      dev: { accuracy: 5 / 6 },
      test: { accuracy: 5 / 8, n: 8 },
    });
    expect(measured.baselines.empty).toEqual({ dev: { accuracy: 0 }, test: { accuracy: 0 } });
    // Of two that are equal on dev the first.
    expect(measured.baselines.manual).toEqual({ prompt: 'hand 3', dev: { accuracy: 0.5 }, test: { accuracy: 3 / 8 } });
    expect(measured.baselines.manuals?.map(({ prompt }) => prompt)).toEqual(['hand 1', 'hand 3', 'also 3']);
    expect(measured.verdict).toMatchObject({ baseline: 'hand 3', difference: 0.25, n: 8, better: 'cannot-tell' });
    expect(measured.verdict?.sentence).not.toContain('the baseline is recommended');
    expect(measured.found).toBeUndefined();
  });

  it('compares what was found with the baseline that won on dev', async () => {
    const { run } = runOf({ manualPrompts: ['hand 5'] });
    const baselines = await measureBaselines(run, { compete: true });
    known(run, 'p 2', 4, 1);
    await evaluateTopCandidates(run, 5, []);
    const [best] = run.prompts.top(1);
    const measured = await measureOnTest(run, best!, baselines);
    expect(measured.best).toMatchObject({ prompt: 'hand 5', origin: 'manual', test: { accuracy: 5 / 8 } });
    expect(measured.found).toEqual({ prompt: 'p 2', dev: { accuracy: 1 / 3 }, test: { accuracy: 1 / 4 } });
    expect(measured.verdict).toMatchObject({ baseline: 'hand 5', difference: -3 / 8 });
    expect(measured.verdict?.sentence).toContain('The baseline ranks higher on dev, so it is recommended');
  });

  it('takes the numbers of a policy as they are, and the best baseline on dev beside it', async () => {
    const { run, evaluator } = runOf({ manualPrompts: ['hand 1', 'hand 3'], kind: 'custom' });
    const baselines = await measureBaselines(run, { compete: false });
    evaluator.asked.length = 0;
    const best = { ...run.prompts.tokensOf(rollout('p', 2)), step: 3, reward: 1, train: {}, origin: 'policy' } as const;
    const exampleRewards = new Float64Array(8).fill(1.5);
    const onTest = { reward: 1.5, metrics: { accuracy: 0.7 }, exampleRewards };
    const measured = await measureOnTest(run, best, baselines, onTest);
    expect(evaluator.prompts()).toEqual([':8', 'hand 1:8', 'hand 3:8']);
    expect(measured.best).toMatchObject({ dev: {}, test: { accuracy: 0.7, n: 8 } });
    // `hand 3` has 3 · 2 − 5 · 1 = 1 over 8 examples.
    expect(measured.verdict).toMatchObject({ baseline: 'hand 3', measure: 'reward', difference: 1.5 - 1 / 8 });
    expect(measured.baselines.manual?.prompt).toBe('hand 3');
  });

  it('names no manual prompt where there is none', async () => {
    const { run } = runOf();
    const baselines = await measureBaselines(run, { compete: true });
    const [best] = run.prompts.top(1);
    const measured = await measureOnTest(run, best!, baselines);
    expect(Object.keys(measured.baselines)).toEqual(['empty']);
    expect(measured.verdict).toBeUndefined();
  });
});
