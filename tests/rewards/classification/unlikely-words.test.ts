import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { resolveRunConfig } from '../../../src/config/resolve-run-config.js';
import { evaluatePrompts } from '../../../src/evaluate.js';
import { loadEndpointModel } from '../../../src/lm/endpoint/openai.js';
import { loadLanguageModel, requireCapability } from '../../../src/lm/load.js';
import { unlikelyWords } from '../../../src/rewards/classification/unlikely-words.js';
import { parseTemplate } from '../../../src/template/parse-template.js';
import { followRun } from '../../follow-run.js';
import { FakeService } from '../../lm/endpoint/fake-service.js';
import { SMALL_RUN, writeSmallData } from '../../small-data.js';
import { examplesOf } from '../scripted-scorer.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-unlikely-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const template = parseTemplate('{input} {prompt}', { family: 'causal' });
const texts = ['Did you look at the meeting yesterday?', 'We have a free loan for you, click now.'];
const examples = examplesOf(texts, [0, 1]);
const labelsOf = (ham: string, spam: string) => ({
  labels: [
    { name: 'ham', word: ham },
    { name: 'spam', word: spam },
  ],
});
const atChance = [{ prompt: 'It was', accuracy: 0.5 }];

/** The share that log-probabilities over the whole vocabulary give: a word of several tokens has all scored so. */
async function exactShare(words: readonly string[]): Promise<string> {
  const model = await loadLanguageModel('mail-gpt-4m');
  const scorer = requireCapability(model, 'labelScores');
  const long = 'extraordinarily';
  const labels = scorer.resolveLabels(
    template,
    [...words, long].map((word) => ({ label: word, word })),
  );
  expect(labels.at(-1)!.tokenIds.length).toBeGreaterThan(1);
  const rows = [
    [0, 0],
    [0, 1],
  ] as const;
  const scores = await scorer.labelScores({
    template,
    prompts: ['It was'],
    inputs: texts,
    rows,
    labels,
    normalise: 'none',
  });
  await model.dispose();
  const ofRow = (row: number) => words.reduce((sum, _, k) => sum + Math.exp(scores[row * labels.length + k]!), 0);
  return ((100 * (ofRow(0) + ofRow(1))) / 2).toPrecision(2);
}

describe('given label words that the target LM hardly ever writes', () => {
  it('are told with their share and what it writes, where they read no better than guesses', async () => {
    const targetLm = await loadLanguageModel('mail-gpt-4m');
    const parts = { targetLm, template };
    const found = await unlikelyWords({ ...parts, task: labelsOf('list', 'free') }, atChance, examples);
    const share = Number(await exactShare(['list', 'free']));
    expect(share).toBeLessThan(1);
    expect(found?.message).toContain(`after the prompt "It was" they hold ${share} % of its answers`);
    expect(found?.message).toMatch(/likelier to write "\w+", "\w+", "\w+", "\w+"\. The accuracy of 0\.50 is no better/);
    await targetLm.dispose();
  });

  it('are none where they tell labels apart, or where it writes them often', async () => {
    const targetLm = await loadLanguageModel('mail-gpt-4m');
    const parts = { targetLm, template };
    const good = [...atChance, { prompt: '', accuracy: 1 }];
    expect(await unlikelyWords({ ...parts, task: labelsOf('list', 'free') }, good, examples)).toBeUndefined();
    expect(await unlikelyWords({ ...parts, task: labelsOf('not', 'the') }, atChance, examples)).toBeUndefined();
    await targetLm.dispose();
  });

  it('are told of a service that continues texts, and not of one that is sent messages', async () => {
    const service = await FakeService.start(() => [{ ' the': 0.6, ' not': 0.3, ' list': 0.001, ' free': 0.002 }]);
    const load = (api: 'chat' | 'completions') => loadEndpointModel('openai:tiny', service.settings({ api }));
    const task = labelsOf('list', 'free');
    const targetLm = await load('completions');
    const found = await unlikelyWords({ task, template, targetLm }, atChance, examples);
    expect(found?.message).toContain('they hold 0.3 % of its answers. It is likelier to write "the", "not"');
    expect(await unlikelyWords({ task, template, targetLm: await load('chat') }, atChance, examples)).toBeUndefined();
    await service.close();
  });
});

describe('a run and an evaluation', () => {
  const task = writeSmallData(folder);
  /** Words that say nothing of the texts. */
  const verbalizer = { ham: 'window', spam: 'paper' };

  it('say it once, after the baselines, and not where the run chooses words itself', async () => {
    const base = { ...SMALL_RUN, task, steps: 1, verbalizer, calibrate: 'none' } as const;
    const start = async (labelWords: 'given' | 'both') => {
      const { events, error } = await followRun({ ...base, labelWords, out: join(folder, labelWords) });
      expect(error).toBeUndefined();
      const said = events.map((event) => (event.type === 'warning' ? event.code : event.type));
      return said.slice(said.indexOf('baselines-end')).filter((what) => /unlikely|baselines-end/.test(what));
    };
    expect(await start('given')).toEqual(['baselines-end', 'unlikely-label-words']);
    expect(await start('both')).toEqual(['baselines-end']);
  });

  it('say it with what to do', async () => {
    const { config } = resolveRunConfig({ flags: { task, verbalizer, calibrate: 'none', cache: false } });
    const { warnings } = await evaluatePrompts(config, { prompts: [''], split: 'test' });
    expect(warnings.join()).toMatch(/mail-gpt-4m hardly ever writes the label words.*--label-words found/);
  });
});
