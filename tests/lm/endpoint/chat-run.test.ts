import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EMBEDDED_MODEL } from '../../../src/config/settings/defaults.js';
import { loadLanguageModel, requireCapability } from '../../../src/lm/load.js';
import type { LanguageModel } from '../../../src/lm/model/types.js';
import { parseTemplate } from '../../../src/template/parse-template.js';
import { followRun } from '../../follow-run.js';
import { SMALL_RUN, writeSmallData } from '../../small-data.js';
import { FakeService } from './fake-service.js';

/** The answers there are; the service's model writes the likelier one. */
const WORDS = ['list', 'free'];

let folder: string;
let model: LanguageModel;
let service: FakeService;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rlprompt-chat-run-'));
  model = await loadLanguageModel(EMBEDDED_MODEL);
  const scorer = requireCapability(model, 'labelScores');
  const template = parseTemplate('{input}{prompt}', { family: 'causal' });
  const labels = scorer.resolveLabels(
    template,
    WORDS.map((word) => ({ label: word, word })),
  );
  const request = { template, labels, prompts: [''], rows: [[0, 0]] as const, normalise: 'none' as const };
  service = await FakeService.start(async (text) => {
    const [list, free] = await scorer.labelScores({ ...request, inputs: [text] });
    return [list! > free! ? { list: 1 } : { free: 1 }];
  });
  service.givesLogProbs = false;
});
afterAll(async () => {
  await service.close();
  await model.dispose();
  rmSync(folder, { recursive: true });
});

it('a run over a chat service without log-probabilities finds a better prompt than none', async ({ annotate }) => {
  const { result } = await followRun({
    ...SMALL_RUN,
    ...{ target: 'openai:tiny', endpoint: service.endpoint, task: writeSmallData(folder), out: join(folder, 'run') },
    ...{ shots: 8, promptsPerStep: 8, steps: 5 },
  });
  const { best, baselines } = result!;
  const figures = (scores: { dev: object; test: object }) => JSON.stringify({ dev: scores.dev, test: scores.test });
  await annotate(`found ${best.prompt}: ${figures(best)}; empty prompt: ${figures(baselines.empty)}`);
  expect(best.origin).toBe('policy');
  expect(best.dev.accuracy).toBeGreaterThan(baselines.empty.dev.accuracy!);
  expect(best.test.accuracy).toBeGreaterThan(baselines.empty.test.accuracy!);
}, 600_000);
