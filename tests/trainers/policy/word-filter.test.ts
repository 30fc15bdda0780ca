import { describe, expect, it } from 'vitest';
import { type Candidates, greedyTokens } from '../../../src/policy/sampling.js';
import { WordFilter } from '../../../src/trainers/policy/word-filter.js';
import { refusalOf } from '../../data/data-folder.js';
import { scriptedGenerator } from '../scripted-generator.js';

const { tokenizer, idOf, words } = scriptedGenerator();
const STOP = 0;
const ids = (...texts: string[]) => texts.map(idOf);

/** One row for each list of words, best first; each is worth one less than the one before. */
function ofWords(...rows: readonly (readonly string[])[]): Candidates {
  const width = rows[0]?.length ?? 0;
  return {
    rows: rows.length,
    width,
    logits: Float32Array.from(rows.flatMap((row) => row.map((_, i) => -i))),
    tokenIds: Int32Array.from(rows.flat().map((word) => (word === '' ? STOP : idOf(word)))),
    values: new Float32Array(rows.length),
  };
}

const filter = (...forbidden: string[]) => new WordFilter(tokenizer, forbidden, STOP);
const chosen = (by: WordFilter, candidates: Candidates, prompts: readonly (readonly number[] | undefined)[]) =>
  by.choose(candidates, greedyTokens, prompts).tokenIds;

describe('forbidden words', () => {
  it('are taken from the candidates of their row until another is chosen', () => {
    const candidates = ofWords(['dull', 'sad', 'old'], ['sad', 'old', 'dull']);
    const before = candidates.logits.slice();
    expect(chosen(filter(), candidates, [[], []])).toEqual(ids('dull', 'sad'));
    expect(chosen(filter('dull'), candidates, [[], []])).toEqual(ids('sad', 'sad'));
    expect(chosen(filter('dull', 'Sad'), candidates, [[], []])).toEqual(ids('old', 'old'));
    expect(candidates.logits).toEqual(before);
  });

  it('are words of the whole prompt, of one token or more', () => {
    const candidates = ofWords(['movie', 'plot']);
    expect(chosen(filter('great movie'), candidates, [ids('great')])).toEqual(ids('plot'));
    expect(chosen(filter('great movie'), candidates, [ids('bad')])).toEqual(ids('movie'));
  });

  it('are found where a row is the whole vocabulary', () => {
    const logits = Float32Array.from({ length: 2 * words.length + 2 }, (_, i) => i % (words.length + 1));
    const all: Candidates = {
      rows: 2,
      width: words.length + 1,
      logits,
      tokenIds: undefined,
      values: new Float32Array(2),
    };
    expect(chosen(filter('plain'), all, [[], []])).toEqual(ids('strange', 'strange'));
  });

  it('may stay in rows that are not looked at, and in prompts that end', () => {
    const candidates = ofWords(['sad', 'old'], ['sad', 'old']);
    expect(chosen(filter('sad'), candidates, [undefined, []])).toEqual(ids('sad', 'old'));
    expect(chosen(filter('sad'), candidates, [])).toEqual(ids('sad', 'sad'));
    // A prompt that had to hold the word may end all the same.
    expect(chosen(filter('sad'), ofWords(['', 'old']), [ids('sad')])).toEqual([STOP]);
  });

  it('are refused where nothing else may come', async () => {
    const error = await refusalOf(() => chosen(filter('sad', 'old'), ofWords(['sad', 'old']), [[]]));
    expect(error).toMatchObject({
      code: 'E_TOKEN_MASK',
      exit: 'config',
      message: 'every token that may come next ends a forbidden word',
      where: '--forbid',
      next: 'forbid fewer words, or sample among more tokens with --top-k',
    });
  });

  it('are refused where the rest is masked', async () => {
    const candidates = { ...ofWords(['sad', 'old']), logits: Float32Array.of(0, -1e8) };
    expect(chosen(filter('sad'), candidates, [[]])).toEqual(ids('old'));
    expect((await refusalOf(() => chosen(filter('sad', 'old'), candidates, [[]]))).code).toBe('E_TOKEN_MASK');
  });
});
