import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fitScorer } from '../../src/decoding/fit-scorer.js';
import { FrozenLm } from '../../src/decoding/frozen-lm.js';
import {
  byScorers,
  decodeBlockWise,
  decodeTokenWise,
  guideCandidates,
  type WeightedScorer,
} from '../../src/decoding/guided-text.js';
import { readScorer, scorerFor, writeScorer } from '../../src/decoding/prefix-scorer.js';
import { readRewardedTexts, tokensOf } from '../../src/decoding/rewarded-texts.js';
import { decodeAll, measureTradeOff } from '../../src/decoding/trade-off.js';
import { Rng } from '../../src/random/rng.js';
import { allTexts, DEPTH, eighths, treeLm } from './tree-lm.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-decoding-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FACTS = { lm: 'tree', lmDigest: 'd', reward: 'letters' };
const reward = (tokenIds: readonly number[]): number =>
  tokenIds.reduce((sum, id, i) => sum + id * (i === 0 ? 1 : -0.5), 0);
const texts = allTexts().map(({ tokenIds, share }) => ({ prefix: '', tokenIds, share, reward: reward(tokenIds) }));
const inProportion = texts.flatMap((text) => new Array<typeof text>(text.share).fill(text));

/** V* by enumeration: the mean reward after some letters and a token. */
function exactValue(letters: readonly number[], token: number): number {
  const text = [...letters, token];
  if (token === 0 || text.length === DEPTH) return reward(text);
  return eighths(text).reduce((sum, share, next) => sum + (share / 8) * exactValue(text, next), 0);
}

let lm: FrozenLm;
beforeAll(async () => {
  lm = await FrozenLm.create(treeLm(), 4);
});
afterAll(() => lm.dispose());

/** The model of the tests, as a reader of texts. */
const reader = () => {
  const { tokenizer, vocabularySize, contextLength, endToken } = lm;
  return { name: 'tree', digest: 'd', tokenizer, vocabularySize, contextLength, endToken };
};
const stateAfter = async (letters: readonly number[]) => (await lm.begin([letters])).hidden;
const softmax = (logits: ArrayLike<number>): number[] => {
  const weights = Array.from(logits, Math.exp);
  return weights.map((weight) => weight / weights.reduce((sum, value) => sum + value, 0));
};

describe.each([
  // The LM's own mean over the next token does not depend on who wrote the texts: each of them once.
  ['cd-q', texts],
  ['fudge', inProportion],
] as const)('a scorer fitted by %s', (loss, given) => {
  let scorers: WeightedScorer[];
  beforeAll(async () => {
    scorers = [{ scorer: await fitScorer(lm, given, FACTS, { loss, epochs: 4000, seed: 0 }), weight: 1 }];
  });

  it('foretells the mean reward within 0.01, and decodes token by token as the optimum does', async () => {
    const { scorer } = scorers[0]!;
    const { mean, deviation } = scorer.facts;
    for (const letters of [[], [1], [2], [3]]) {
      const hidden = await stateAfter(letters);
      const values = scorer.values(lm, hidden, [0, 1, 2, 3]);
      const exact = [0, 1, 2, 3].map((token) => exactValue(letters, token));
      for (const [token, value] of exact.entries())
        expect(Math.abs(mean + deviation * values[token]! - value)).toBeLessThan(0.01);
      const guided = guideCandidates(lm, hidden, await lm.candidates(hidden), { strength: 2, scorers });
      const ids = guided.tokenIds ? [...guided.tokenIds] : [0, 1, 2, 3];
      const found = softmax(guided.logits);
      const optimum = softmax(
        ids.map((token) => Math.log(eighths(letters)[token]! / 8) + (2 * exact[token]!) / deviation),
      );
      const variation = found.reduce((sum, p, i) => sum + Math.abs(p - optimum[i]!) / 2, 0);
      expect(variation).toBeLessThan(0.02);
    }
  });
});

describe('decoding', () => {
  let scorers: WeightedScorer[];
  beforeAll(async () => {
    scorers = [{ scorer: await fitScorer(lm, texts, FACTS, { loss: 'cd-q', epochs: 500, seed: 0 }), weight: 1 }];
  });
  const seeds = Array.from({ length: 30 }, (_, seed) => Rng.ofPass(7, 'sampling', seed).save());

  it('is the LM itself with strength 0, and with one candidate', async () => {
    for (const state of seeds) {
      const base = await decodeTokenWise(lm, [], { strength: 0, scorers, maxTokens: DEPTH }, Rng.restore(state));
      const one = { blockLength: 1, candidates: 1, maxTokens: DEPTH };
      const block = await decodeBlockWise(lm, [], one, byScorers(lm, scorers), Rng.restore(state));
      expect(block).toEqual({ ...base, kl: 0 });
      expect(base.kl).toBe(0);
    }
  });

  it('is best-of-K where a block is as long as the text', async () => {
    for (const state of seeds) {
      const whole = { blockLength: DEPTH, candidates: 5, maxTokens: DEPTH };
      const guided = await decodeBlockWise(lm, [], whole, byScorers(lm, scorers), Rng.restore(state));
      const byReward = ({ texts: drawn }: { texts: readonly (readonly number[])[] }) => drawn.map(reward);
      const best = await decodeBlockWise(lm, [], whole, byReward, Rng.restore(state));
      expect(reward(guided.tokenIds)).toBe(reward(best.tokenIds));
      expect(guided.kl).toBeCloseTo(Math.log(5) - 4 / 5, 12);
    }
  });

  it('gains reward for KL and for tokens drawn, by as many scorers as are given', async () => {
    const request = { prefixes: [''], texts: 60, maxTokens: DEPTH, seed: 3, reward: 'shorter' } as const;
    const lengths = texts.map((text) => ({ ...text, reward: -text.tokenIds.filter((id) => id !== 0).length }));
    const shorter = await fitScorer(lm, lengths, FACTS, { loss: 'cd-q', epochs: 500, seed: 0 });
    const methods = [
      { kind: 'token-wise', strength: 0 },
      { kind: 'token-wise', strength: 2 },
      { kind: 'block-wise', blockLength: 1, candidates: 4 },
      { kind: 'best-of', candidates: 4 },
    ] as const;
    const [base, token, block, best] = await measureTradeOff(lm, methods, {
      ...request,
      scorers: [{ scorer: shorter, weight: 1 }],
    });
    for (const row of [token!, block!, best!]) {
      expect(row.reward).toBeGreaterThan(base!.reward);
      expect(row.kl).toBeGreaterThan(0.1);
    }
    expect(base!.kl).toBe(0);
    expect(best!.drawn).toBeGreaterThan(2 * base!.drawn);
    const cancelled = [
      { scorer: shorter, weight: 1 },
      { scorer: shorter, weight: -1 },
    ];
    const [, none] = await measureTradeOff(lm, methods.slice(0, 2), { ...request, scorers: cancelled });
    expect(none).toEqual({ ...base!, method: methods[1], kl: expect.closeTo(0, 9) });
  });
});

describe('a text as long as the context, which is 8 tokens', () => {
  const whole = { scorers: [], reward: 'shorter', texts: 1, seed: 0 } as const;
  const itself = { kind: 'token-wise', strength: 0 } as const;

  it('is drawn and learned from, beside texts with longer prefixes', async () => {
    await expect(decodeAll(lm, itself, { ...whole, prefixes: ['abcabca'], maxTokens: 1 })).resolves.toHaveLength(1);
    const given = [
      { prefix: 'abcabca', tokenIds: [1], reward: 1 },
      { prefix: '', tokenIds: [1, 2, 3, 1, 2, 3, 1, 0], reward: 2 },
    ];
    // Read together, the first would be read on beyond the context, and the model of the tests refuses that.
    const { facts } = await fitScorer(lm, given, FACTS, { loss: 'cd-q', epochs: 1, seed: 0 });
    expect(facts.texts).toBe(2);
  });

  it('may not be longer: nothing is drawn', async () => {
    const request = { ...whole, prefixes: ['a', 'abcabca'], maxTokens: 2 };
    await expect(decodeAll(lm, itself, request)).rejects.toMatchObject({
      code: 'E_CONTEXT_LENGTH',
      message: "the prefix takes 7 tokens and --tokens is 2, the model's context is 8",
      where: '"abcabca"',
      kept: 'nothing was drawn',
      next: '--tokens 1 at most, or a shorter prefix, or a model with a longer context',
    });
  });

  it('may not be longer in a file, either', () => {
    const path = join(folder, 'long.jsonl');
    const lines = Array.from({ length: 8 }, (_, i) => JSON.stringify({ prefix: 'abc', text: 'abcabc', reward: i }));
    writeFileSync(path, lines.join('\n'));
    expect(() => tokensOf(readRewardedTexts(path), reader())).toThrow(
      expect.objectContaining({
        code: 'E_REWARDED_TEXTS',
        message: 'line 1: prefix and text take 9 tokens, and the context of tree is 8',
      }),
    );
  });
});

it('leaves signals and the screen their turn while a scorer is fitted', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await fitScorer(lm, texts, FACTS, { loss: 'fudge', epochs: 500, seed: 0 });
  clearInterval(timer);
  expect(turns).toBeGreaterThan(1);
});

describe('files', () => {
  it('keep a scorer, and refuse one of another LM or none at all', async () => {
    const scorer = await fitScorer(lm, texts, FACTS, { loss: 'fudge', epochs: 3, seed: 0 });
    const path = join(folder, 'scorer.safetensors');
    writeScorer(path, scorer);
    const tree = { name: 'tree', digest: 'd', featureSize: lm.featureSize };
    const read = scorerFor(readScorer(path), tree);
    const hidden = await stateAfter([]);
    expect(read.facts).toEqual(scorer.facts);
    expect(read.values(lm, hidden, [1, 2])).toEqual(scorer.values(lm, hidden, [1, 2]));
    const other = { ...tree, digest: 'e' };
    expect(() => scorerFor(readScorer(path), other)).toThrow(expect.objectContaining({ code: 'E_SCORER_LM' }));
    writeFileSync(path, 'nothing');
    expect(() => readScorer(path)).toThrow(expect.objectContaining({ code: 'E_SCORER_FILE' }));
  });

  it('of texts with rewards are read with or without tokens; the first bad line is named', () => {
    const path = join(folder, 'texts.jsonl');
    const line = (more: object) => JSON.stringify({ prefix: 'a', text: 'ab', reward: 1, ...more });
    writeFileSync(path, [line({ tokenIds: [1, 2, 0], reward: 2 }), ...new Array<string>(7).fill(line({}))].join('\n'));
    const read = tokensOf(readRewardedTexts(path), reader());
    expect(read.slice(0, 2).map(({ tokenIds }) => tokenIds)).toEqual([
      [1, 2, 0],
      [1, 2],
    ]);
    writeFileSync(path, new Array<string>(8).fill(line({})).join('\n'));
    expect(() => readRewardedTexts(path)).toThrow(expect.objectContaining({ message: 'all rewards are equal' }));
    writeFileSync(path, line({}));
    const refused = (message: string) =>
      expect.objectContaining({ code: 'E_REWARDED_TEXTS', message: expect.stringContaining(message) });
    expect(() => readRewardedTexts(path)).toThrow(refused('it has 1 text, and at least 8 are needed'));
    writeFileSync(path, `${line({})}\n{"text": 3}\n`);
    expect(() => readRewardedTexts(path)).toThrow(refused('line 2: text: a text is expected, not a number'));
    writeFileSync(path, '3\n');
    expect(() => readRewardedTexts(path)).toThrow(refused('line 1: the line: an object is expected, not a number'));
    writeFileSync(path, '{"text": "a"}\n');
    expect(() => readRewardedTexts(path)).toThrow(refused('line 1: reward is missing'));
  });

  it('of texts with rewards are refused where their token ids are those of another model, or of none', () => {
    const path = join(folder, 'other.jsonl');
    const write = (more: object) => {
      const lines = Array.from({ length: 8 }, (_, i) => JSON.stringify({ text: 'ab', reward: i, ...more }));
      writeFileSync(path, lines.join('\n'));
    };
    const read = () => tokensOf(readRewardedTexts(path), reader());
    write({ tokenIds: [1, 2], lm: 'tree', lmDigest: 'd' });
    expect(read()).toHaveLength(8);
    write({ tokenIds: [1, 2], lm: 'bush', lmDigest: 'e' });
    expect(read).toThrow(
      expect.objectContaining({
        code: 'E_REWARDED_TEXTS',
        message: 'line 1: its token ids are those of bush, but the model is tree (its files differ)',
      }),
    );
    // Texts are anybody's.
    write({ lm: 'bush', lmDigest: 'e' });
    expect(read()).toHaveLength(8);
    write({ tokenIds: [1, 1] });
    expect(read).toThrow(
      expect.objectContaining({
        code: 'E_REWARDED_TEXTS',
        message: 'line 1: its text is not that of its token ids',
      }),
    );
    write({ tokenIds: [1, 4] });
    expect(read).toThrow(
      expect.objectContaining({
        code: 'E_REWARDED_TEXTS',
        message: 'line 1: tree has 4 tokens, and none with the id 4',
      }),
    );
  });

  it('of texts with rewards name the reward where all lines name the same', () => {
    const path = join(folder, 'named.jsonl');
    const nameOf = (names: readonly (string | undefined)[]) => {
      writeFileSync(
        path,
        names.map((rewardName, i) => JSON.stringify({ text: 'ab', reward: i, rewardName })).join('\n'),
      );
      return readRewardedTexts(path).rewardName;
    };
    const seven = new Array<string>(7).fill('shorter');
    expect(nameOf([...seven, 'shorter'])).toBe('shorter');
    expect(nameOf([...seven, 'asking'])).toBeUndefined();
    expect(nameOf([...seven, undefined])).toBeUndefined();
  });
});
