import { readChatTemplate } from '../../../model/chat-template.js';
import type { ModelFolder } from '../../../model/model-folder.js';
import { fitTokenizer } from '../../../model/tokenizer.js';
import type { HeadWeights } from '../../../model/types.js';
import { splitHead } from '../../head/split-head.js';
import { int8Notes, type LoadedModel, loadParts, type OnnxModelOptions } from '../../run/model-parts.js';
import { createModelSession } from '../../run/model-session.js';
import { PrefixCache } from '../../run/prefix-cache.js';
import { rowLimits } from '../../run/row-limits.js';
import { VocabularyProjection } from '../shared/vocabulary-projection.js';
import { CausalBody } from './causal-body.js';
import { CausalGenerate } from './causal-generate.js';
import { CausalHiddenStates } from './causal-hidden-states.js';
import { CausalLabelScores } from './causal-label-scores.js';
import { CausalRows } from './causal-rows.js';
import { probeCausal, requireManyTokens } from './probe-causal.js';

/** Loads a causal language model: its body as a session, its output layer as data read when it is needed. */
export async function loadCausalLm(name: string, folder: ModelFolder, options: OnnxModelOptions): Promise<LoadedModel> {
  const model = await splitHead(folder.onnxPath, { tuned: true });
  requireManyTokens(model.inputs, folder.onnxPath);
  const parts = await loadParts(name, folder, model.files);
  const tokenizer = fitTokenizer(parts.tokenizer, model.vocabularySize, folder.path);
  const session = await createModelSession(model.source, model.files, options);
  const body = new CausalBody(session, model);
  const abilities = await probeCausal(body, model.vocabularySize, folder.onnxPath);
  const limits = rowLimits(options, model.dynamicQuantised);
  const prefixes = new PrefixCache(limits.prefixBytes);
  const rows = new CausalRows(body, abilities, prefixes, limits);
  let head: Promise<HeadWeights> | undefined;
  const readHead = () => {
    head ??= model.head();
    return head;
  };
  let projection: Promise<VocabularyProjection> | undefined;
  const project = () => {
    projection ??= readHead().then((weights) => new VocabularyProjection(weights, model.hiddenSize, options));
    return projection;
  };
  const { contextLength } = parts;
  const { truncate } = options;
  const writer = new CausalGenerate({ tokenizer, contextLength, body, rows, projection: project });
  const scoring = { tokenizer, contextLength, rows, truncate, headColumns: model.headColumns, projection: project };
  return {
    name,
    digest: parts.digest,
    family: 'causal',
    dtype: folder.dtype,
    contextLength,
    tokenizer,
    chatTemplate: readChatTemplate(folder.path),
    notes: int8Notes(model.dynamicQuantised, options),
    capabilities: {
      hiddenStates: new CausalHiddenStates(model, rows, readHead),
      labelScores: new CausalLabelScores(scoring),
      generate: writer,
      likelihood: writer,
    },
    dispose: async () => {
      prefixes.clear();
      await (await projection)?.dispose();
      await session.dispose();
    },
  };
}
