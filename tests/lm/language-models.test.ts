import { join } from 'node:path';
import { describe, it } from 'vitest';
import { loadLanguageModel } from '../../src/lm/load.js';
import { embeddedModels } from '../../src/lm/model/embedded.js';
import { describeLanguageModel } from '../contracts/language-model.js';
import { LARGE_MODELS_HINT, largeModel } from './large-models.js';
import { HUB_LIKE } from './onnx/hub-like.js';

const words = ['the', 'of'] as const;
const masked = { hiddenStates: 'a masked language model has none' };
const hubLike = (folder: string, dtype?: string) => () => loadLanguageModel(join(HUB_LIKE, folder), { dtype });

describeLanguageModel('gpt2', { load: hubLike('gpt2'), words });
describeLanguageModel('gpt2 in half precision', { load: hubLike('gpt2', 'fp16'), words, tolerance: 2e-2 });
describeLanguageModel('gpt2, merged branches', { load: hubLike('gpt2-legacy', 'decoder_model_merged'), words });
describeLanguageModel('gpt2, without a cache', { load: hubLike('gpt2-legacy', 'decoder_model'), words });
describeLanguageModel('gpt-neox, merged branches', { load: hubLike('gpt_neox-legacy'), words });
describeLanguageModel('llama', { load: hubLike('llama'), words });
describeLanguageModel('llama with grouped-query attention', { load: hubLike('llama-gqa'), words });
describeLanguageModel('llama, all in half precision', { load: hubLike('llama-gqa', 'fp16'), words, tolerance: 5e-2 });
describeLanguageModel('qwen2', { load: hubLike('qwen2'), words });
describeLanguageModel('qwen2 by torch.export, without a cache', { load: hubLike('qwen2-dynamo'), words });
describeLanguageModel('opt, merged branches', { load: hubLike('opt-legacy'), words });
describeLanguageModel('qwen2 in dynamic int8', {
  load: hubLike('qwen2', 'q8'),
  words,
  skip: { hiddenStates: 'activations are quantised again in every call' },
});
describeLanguageModel('bert', { load: hubLike('bert'), words, skip: masked });
describeLanguageModel('roberta', { load: hubLike('roberta'), words, skip: masked });
describeLanguageModel('distilbert in dynamic int8', { load: hubLike('distilbert', 'q8'), words, skip: masked });
describeLanguageModel('t5, run by transformers.js', {
  load: () => loadLanguageModel(join(import.meta.dirname, '../fixtures/families/t5')),
  words,
  skip: { hiddenStates: 'an encoder-decoder is no generator LM' },
});

for (const { name } of embeddedModels()) {
  const skip = name.startsWith('smiles') ? { wholeRow: 'no word is one token: its tokens are characters' } : {};
  describeLanguageModel(`the embedded ${name}`, { load: () => loadLanguageModel(name), words, skip });
}

const smollm2 = largeModel('smollm2-135m-instruct');
if (smollm2) {
  describeLanguageModel('SmolLM2-135M', {
    load: () => loadLanguageModel(smollm2),
    words,
    tolerance: 1e-3,
    skip: { longInput: '8,192 tokens take minutes' },
  });
} else {
  describe.skip('SmolLM2-135M', () => {
    it(LARGE_MODELS_HINT, () => {});
  });
}
