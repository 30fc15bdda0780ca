import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { chatRenderer, readChatTemplate } from '../../../src/lm/model/chat-template.js';
import { findModelFolder } from '../../../src/lm/model/model-folder.js';
import { loadTokenizer } from '../../../src/lm/model/tokenizer.js';
import { inspectModel } from '../../../src/lm/onnx/families/inspect-model.js';
import { openModelFile } from '../../../src/lm/onnx/graph/file/model-file.js';
import { smallLlama } from '../../lm/gguf/small-llama.js';
import { ggufBytes } from '../../lm/gguf/write-gguf.js';
import { HUB_LIKE } from '../../lm/onnx/hub-like.js';
import { allowNamed, copyOf, fuzz, scratchFolder, TIMEOUT_MS } from './fuzz.js';
import { damaged, wrongJson } from './mutations.js';

const base = scratchFolder();
/** The model of the fixtures that is read quickest. */
const MODEL = join(HUB_LIKE, 'qwen2-gqa');

describe('any file of a model ends as a value or as an error with a name', { timeout: TIMEOUT_MS }, () => {
  it('its graph', async (context) => {
    const { folder, put } = copyOf(MODEL, join(base, 'model'), 'onnx/model.onnx');
    await fuzz(context, damaged(readFileSync(join(MODEL, 'onnx/model.onnx'))), (bytes) => {
      put(bytes);
      return inspectModel(folder);
    });
  });

  it('its configuration', async (context) => {
    const { folder, put } = copyOf(MODEL, join(base, 'config'), 'config.json');
    const good = readFileSync(join(MODEL, 'config.json'));
    await fuzz(context, fc.oneof(damaged(good), wrongJson(JSON.parse(good.toString()))), (content) => {
      put(content);
      return inspectModel(folder);
    });
  });

  it('its chat template', async (context) => {
    const { folder, put } = copyOf(MODEL, join(base, 'chat'), 'chat_template.jinja');
    const good =
      "{{ bos_token }}{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] | trim }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";
    await fuzz(context, damaged(Buffer.from(good)), async (content) => {
      put(content);
      const template = readChatTemplate(folder);
      if (template) (await chatRenderer(template, 'a model'))([{ role: 'user', content: 'a text' }], { isOpen: true });
    });
  });

  it('a GGUF file', async (context) => {
    const { tensors, metadata } = smallLlama();
    const whole = ggufBytes({ tensors, metadata });
    const weights = Object.values(tensors).reduce((sum, { bytes }) => sum + bytes.length, 0);
    const header = whole.subarray(0, whole.length - weights);
    const { folder, put } = copyOf(join(HUB_LIKE, 'README.md'), join(base, 'model.gguf'), '');
    await fuzz(context, damaged(header), async (bytes) => {
      put(Buffer.concat([bytes, whole.subarray(header.length)]));
      for (const read of [openModelFile, findModelFolder, loadTokenizer]) await allowNamed(() => read(folder));
    });
  });
});
