import { corpusBleu } from '../../metrics/bleu.js';
import type { Example } from '../../task/types.js';
import { referencesOf } from './style-references.js';

/** Corpus BLEU, 0 to 100, of the texts whose inputs have references in the data; none where no input has. */
export function bleuMetric(written: readonly { readonly example: Example; readonly text: string }[]): {
  bleu?: number;
} {
  const segments = written.flatMap(({ example, text }) => {
    const references = referencesOf(example);
    return references.length === 0 ? [] : [{ text, references }];
  });
  if (segments.length === 0) return {};
  const bleu = corpusBleu(
    segments.map(({ text }) => text),
    segments.map(({ references }) => references),
  );
  return { bleu };
}
