import { loadLanguageModel, requireCapability } from '../../src/lm/load.js';
import { parseTemplate } from '../../src/template/parse-template.js';

/** Log-probabilities of words after a text, by a language model. */
export async function completions(name: string) {
  const model = await loadLanguageModel(name);
  const scorer = requireCapability(model, 'labelScores');
  const template = parseTemplate('{raw}{input}{prompt}', { family: 'causal' });
  const known: Record<string, Record<string, number>> = {};
  const complete = async (text: string, words: readonly string[]) => {
    const labels = scorer.resolveLabels(
      template,
      words.map((word) => ({ label: word, word })),
    );
    const rows = [[0, 0]] as const;
    const scores = await scorer.labelScores({
      template,
      prompts: [''],
      inputs: [text],
      labels,
      rows,
      normalise: 'none',
    });
    known[text] = Object.fromEntries(words.map((word, i) => [word, scores[i] ?? Number.NaN]));
    return known[text];
  };
  return { complete, known, dispose: () => model.dispose() };
}
