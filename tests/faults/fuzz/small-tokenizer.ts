/** Of each kind: enough words for the texts that are tried, and little to read. */
const KEPT = 120;

type Json = Record<string, unknown>;

/** A tokenizer with the first words of its vocabulary, and the merges that make them. */
export function smallTokenizer(whole: Json): Json {
  const model = whole.model as Json & { vocab: Record<string, number> | unknown[]; merges?: (string | string[])[] };
  const vocab = Array.isArray(model.vocab)
    ? model.vocab.slice(0, KEPT)
    : Object.fromEntries(
        Object.entries(model.vocab)
          .sort(([, one], [, other]) => one - other)
          .slice(0, KEPT),
      );
  const partsOf = (merge: string | string[]): string[] => (typeof merge === 'string' ? merge.split(' ') : merge);
  const isKept = (word: string): boolean => Array.isArray(vocab) || word in vocab;
  const merges = model.merges?.filter((merge) => [...partsOf(merge), partsOf(merge).join('')].every(isKept));
  return { ...whole, model: { ...model, vocab, ...(merges ? { merges } : {}) } };
}

/** Without the table of a normaliser from SentencePiece, which takes hundreds of kilobytes. */
export function withoutCharacterMap(tokenizer: Json): Json {
  const normalizer = tokenizer.normalizer as Json | null | undefined;
  if (!normalizer || !JSON.stringify(normalizer).includes('precompiled_charsmap')) return tokenizer;
  return { ...tokenizer, normalizer: { type: 'NFKC' } };
}
