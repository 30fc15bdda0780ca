import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeRunConfig } from '../../../src/config/resolve-run-config.js';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { evaluatePrompts } from '../../../src/evaluate.js';
import type { LabelWordsChangedEvent, RunControls, RunEvent, WordEdits } from '../../../src/events.js';
import { readRunRecord } from '../../../src/export/run-record.js';
import { type FollowedRun, followRun } from '../../follow-run.js';
import { SMALL_RUN, writeSmallData } from '../../small-data.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-label-words-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const task = writeSmallData(folder);
const PROMPT = 'a letter about';
const config = (name: string, more: Partial<RunConfigInput> = {}): RunConfigInput => ({
  ...SMALL_RUN,
  task,
  initPrompts: [PROMPT],
  out: join(folder, name),
  ...more,
});

/** Gives label words after step 3, and then does what the test is about. */
const giving =
  (edits: readonly WordEdits[], then: (event: RunEvent, controls: RunControls) => void = () => {}) =>
  (event: RunEvent, controls: RunControls): void => {
    if (event.type === 'step-end' && event.step === 3) for (const one of edits) controls.changeLabelWords(PROMPT, one);
    then(event, controls);
  };
const changeIn = ({ events }: FollowedRun): LabelWordsChangedEvent =>
  events.find((event) => event.type === 'label-words-changed')!;
const lastOf = (run: FollowedRun) =>
  run.events.findLast((event) => event.type === 'evaluation-end')!.prompts.find(({ text }) => text === PROMPT);
const SETS = [
  { label: 'ham', words: ['list'] },
  { label: 'spam', words: ['offer', 'pills'] },
];

describe('a prompt that a person gives other label words', () => {
  let run: FollowedRun;
  beforeAll(async () => {
    run = await followRun(config('whole', { candidates: 12 }), {}, giving([{ words: { spam: 'offer|pills' } }]));
  }, 120_000);

  it('is scored by them on train and dev, and keeps them to the end', () => {
    const { prompt, before } = changeIn(run);
    expect(prompt).toMatchObject({ text: PROMPT, wordsEdited: true, reading: { words: SETS } });
    const added = run.events.find((event) => event.type === 'prompt-added')!.prompt;
    expect(before).toEqual({ train: added.train, dev: added.dev });
    expect(prompt.reward).not.toBe(added.reward);
    expect(lastOf(run)).toMatchObject({ reading: { words: SETS }, dev: prompt.dev, reward: prompt.reward });
  });

  it('has the numbers that eval gives these words', { timeout: 60_000 }, async () => {
    const { prompt } = changeIn(run);
    const reading = { words: SETS, demonstrations: [] };
    const { results } = await evaluatePrompts(completeRunConfig(config('eval')), {
      prompts: [{ prompt: PROMPT, reading }],
      split: 'dev',
      splitsDataFile: true,
    });
    expect(results[0]?.evaluation.metrics).toEqual(prompt.dev);
  });

  it('leaves the search as it was: the same steps, with the same rewards', { timeout: 120_000 }, async () => {
    const untouched = await followRun(config('untouched', { candidates: 12 }));
    const rewardsOf = ({ events }: FollowedRun) =>
      events.flatMap((event) => (event.type === 'step-end' ? [event.rewardMean, event.loss] : []));
    expect(rewardsOf(run)).toEqual(rewardsOf(untouched));
  });

  it('keeps its words where a run was killed at once, and exports them', { timeout: 120_000 }, async () => {
    const out = join(folder, 'stopped');
    const stop = (event: RunEvent, controls: RunControls): void => {
      if (event.type === 'label-words-changed') controls.stop('interrupted');
    };
    await followRun(config('stopped'), {}, giving([{ words: { spam: 'offer|pills' } }], stop));
    const found = readRunRecord(out).prompts.find(({ text }) => text === PROMPT);
    expect(found?.reading?.words).toEqual(SETS);
    const resumed = await followRun({ ...config('stopped'), candidates: 12 }, { resume: out });
    expect(resumed.events.some(({ type }) => type === 'label-words-changed')).toBe(false);
    expect(readRunRecord(out).prompts.find(({ text }) => text === PROMPT)).toMatchObject({
      wordsEdited: true,
      reading: { words: SETS },
    });
  });

  it('keeps its words where the run finds others for all prompts at its end', { timeout: 120_000 }, async () => {
    const found = await followRun(
      config('found', { labelWords: 'found', candidates: 40 }),
      {},
      giving([{ words: { ham: 'list', spam: 'offer|pills|win' } }, { without: ['win'] }]),
    );
    expect(lastOf(found)).toMatchObject({ wordsEdited: true, reading: { words: SETS } });
    expect(lastOf(found)?.refit).toBeUndefined();
    const others = found.events
      .findLast((event) => event.type === 'evaluation-end')!
      .prompts.filter(({ text }) => text !== PROMPT);
    expect(others.every(({ refit, reading }) => refit && reading?.words[0]?.words.length !== 1)).toBe(true);
  });

  it('keeps its own where the new words cannot be', { timeout: 120_000 }, async () => {
    const refused = await followRun(
      config('refused'),
      {},
      giving([
        { words: { spam: 'list' } },
        { words: { news: 'paper' } },
        { words: { spam: '' } },
        { without: ['free'] },
      ]),
    );
    const warnings = refused.events.flatMap((event) => (event.type === 'warning' ? [event] : []));
    expect(warnings.filter(({ code }) => code === 'label-words-refused').map(({ message }) => message)).toEqual([
      'the label words stay as they are: ham and spam have the same word "list"',
      'the label words stay as they are: there is no label news, only ham, spam',
      'the label words stay as they are: the label spam has an empty word in ""',
      'the label words stay as they are: the label spam would have no word left',
    ]);
    expect(refused.result).toBeDefined();
    expect(refused.events.some(({ type }) => type === 'label-words-changed')).toBe(false);
  });
});
