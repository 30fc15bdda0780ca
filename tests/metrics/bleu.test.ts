import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { corpusBleu } from '../../src/metrics/bleu.js';
import { tokenize13a } from '../../src/metrics/tokenize-13a.js';

interface Goldens {
  cases: { hypothesis: string; references: string[]; tokens: string[]; corpus: number }[];
  groups: { from: number; to: number; score: number }[];
}
const { cases, groups } = JSON.parse(readFileSync(join(import.meta.dirname, 'sacrebleu.json'), 'utf8')) as Goldens;

describe('BLEU', () => {
  it.each(cases)('cuts and scores $hypothesis as sacreBLEU does', (golden) => {
    const { hypothesis, references } = golden;
    expect(tokenize13a(hypothesis)).toEqual(golden.tokens);
    expect(corpusBleu([hypothesis], [references])).toBeCloseTo(golden.corpus, 8);
  });

  it.each(groups)('sums the counts of segments $from to $to before it divides', ({ from, to, score }) => {
    const chosen = cases.slice(from, to);
    const references = chosen.map((golden) => golden.references.slice(0, 1));
    expect(
      corpusBleu(
        chosen.map(({ hypothesis }) => hypothesis),
        references,
      ),
    ).toBeCloseTo(score, 8);
  });
});
