import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeRunConfig } from '../../src/config/resolve-run-config.js';
import type { ErrorCode } from '../../src/error-codes.js';
import { evaluatePrompts } from '../../src/evaluate.js';
import { loadEndpointModel } from '../../src/lm/endpoint/openai.js';
import { loadLanguageModel, requireCapability } from '../../src/lm/load.js';
import type { LoadedModel } from '../../src/lm/onnx/run/model-parts.js';
import { stateSourceOf } from '../../src/preferences/pooled-states.js';
import { RewardLanguageModel } from '../../src/rewards/custom/custom-language-model.js';
import { parseTemplate } from '../../src/template/parse-template.js';
import { type AllTrainerSettings, createTrainer } from '../../src/trainers/registry.js';
import { emptyFolder, TINY_MODEL } from '../cli/spawn-cli.js';
import { FakeService } from '../lm/endpoint/fake-service.js';
import { writeSmallData } from '../small-data.js';

const TEMPLATE = parseTemplate('{input} {prompt}', { family: 'causal' });

let service: FakeService;
let remote: LoadedModel;
let local: LoadedModel;
beforeAll(async () => {
  service = await FakeService.start(() => [{ good: 0.6, bad: 0.4 }]);
  remote = await loadEndpointModel('openai:tiny', service.settings());
  local = await loadLanguageModel(TINY_MODEL);
});
afterAll(async () => {
  await Promise.all([remote.dispose(), local.dispose()]);
  await service.close();
});

/** Label scores of a service for two words. */
async function scored(words: readonly string[], normalise: 'none' | 'token'): Promise<Float32Array> {
  const scorer = requireCapability(remote, 'labelScores');
  const labels = scorer.resolveLabels(
    TEMPLATE,
    words.map((word) => ({ label: word, word })),
  );
  return scorer.labelScores({ template: TEMPLATE, prompts: ['x'], inputs: ['y'], labels, rows: [[0, 0]], normalise });
}

describe('a refusal', () => {
  it.each<[ErrorCode, () => Promise<unknown>]>([
    ['E_ENDPOINT_WORDS', () => scored(['good', ' good'], 'none')],
    ['E_ENDPOINT_NORMALISE', () => scored(['good', 'bad'], 'token')],
    ['E_ENDPOINT_ECHO', () => requireCapability(remote, 'likelihood').textLogProbs(['a text'])],
    ['E_MODEL_TOKENIZER', async () => stateSourceOf({ ...local, tokenizer: undefined })],
    ['E_TRAINER_NOT_FOUND', () => createTrainer('nobody', local as never, {} as AllTrainerSettings)],
    [
      'E_PLUGIN_REQUEST',
      () => new RewardLanguageModel(local, TEMPLATE).answer({ kind: 'generate', request: { texts: 1 }, seed: 0 }),
    ],
    [
      'E_SPLIT_EMPTY',
      () => {
        const words = { ham: 'list', spam: 'free' };
        const config = completeRunConfig({ task: writeSmallData(emptyFolder()), verbalizer: words });
        return evaluatePrompts(config, { prompts: ['x'], split: 'train' });
      },
    ],
  ])('%s comes from a call', async (code, call) => {
    await expect(call()).rejects.toMatchObject({ code });
  });
});
