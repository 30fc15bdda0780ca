import { RlpromptError } from '../errors.js';

/** Reads `0=terrible,1=great`: label values of the data and the word that stands for each. */
export function parseVerbalizer(text: string): Record<string, string> {
  const words: Record<string, string> = Object.create(null);
  for (const pair of text.split(',')) {
    const [label, word] = [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim()];
    if (!pair.includes('=') || label === '' || word === '') {
      throw verbalizerError(`expected label=word, got "${pair}"`, text);
    }
    if (Object.hasOwn(words, label)) throw verbalizerError(`the label ${label} stands twice`, text);
    words[label] = word;
  }
  return words;
}

function verbalizerError(message: string, text: string): RlpromptError {
  return new RlpromptError({
    code: 'E_VERBALIZER_FORMAT',
    exit: 'usage',
    message,
    where: `--verbalizer ${text}`,
    next: 'write for instance --verbalizer 0=terrible,1=great',
  });
}
