import { demonstratedTemplate } from '../../classifier/demonstrated-template.js';
import type { PromptInspection } from '../../events.js';
import { renderTemplate } from '../../template/render-template.js';
import type { PromptPool } from '../select/prompt-pool.js';
import type { RunParts } from './run-parts.js';

const HARDEST = 5;

/**
 * How a prompt does row by row, from scores that are known: its own split was scored before. Nothing is counted, so that
 * a run is the same whether somebody looks or not.
 */
export async function inspectPrompt(
  { task, reading: scoring, cache, template, targetLm, config }: RunParts,
  prompts: PromptPool,
  text: string,
): Promise<PromptInspection> {
  const candidate = prompts.candidates.get(text);
  const split = candidate && candidate.dev === undefined ? 'train' : 'dev';
  const examples = task.splits[split];
  const { reading } = candidate ?? {};
  const { cacheHits } = cache;
  const evaluator = candidate && config.cache ? scoring?.evaluator : undefined;
  const [evaluation] = (await evaluator?.evaluate([{ text, examples, reading }], { details: true })) ?? [];
  cache.cacheHits = cacheHits;
  const rows = (evaluation?.outcomes ?? []).map(({ index, label = '', predicted = '', probabilities, reward }) => {
    return { text: examples[index]?.text ?? '', label, predicted, probability: probabilities?.[label] ?? 0, reward };
  });
  const hardest = rows.sort((a, b) => a.reward - b.reward).slice(0, HARDEST);
  const { tokenizer } = targetLm;
  const mask = tokenizer?.maskTokenId === undefined ? {} : { mask: tokenizer.piece(tokenizer.maskTokenId) };
  const shown = demonstratedTemplate(template, evaluation?.reading?.demonstrations ?? []);
  return {
    rendered: renderTemplate(shown, { prompt: text, input: hardest[0]?.text ?? examples[0]?.text ?? '', ...mask }),
    split,
    perClass: (evaluation?.perClass ?? []).map(({ label, n, accuracy }) => ({ label, n, accuracy })),
    hardest: hardest.map(({ reward: _, ...row }) => row),
  };
}
