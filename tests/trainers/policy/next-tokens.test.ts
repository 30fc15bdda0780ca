import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import type { Candidates } from '../../../src/policy/sampling.js';
import { MASKED, NextTokens } from '../../../src/trainers/policy/next-tokens.js';
import { lmLogits } from '../../policy/reference-policy.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { toySettings } from '../toy-search.js';

const generator = scriptedGenerator();
const { hiddenSize, vocabularySize } = generator.hiddenStates;
const WORDS = generator.words.map(generator.idOf);
/** Not a word: the token that ends a text. */
const STOP = { tokenId: 0, lift: 2 };
const hidden = Float32Array.from({ length: 2 * hiddenSize }, (_, i) => Math.sin(i + 1));

async function create(given: Partial<RunConfigInput> = {}, stop?: typeof STOP, frozen = false): Promise<NextTokens> {
  const settings = toySettings({ topK: 1000, ...given });
  const next = await NextTokens.create(generator, settings, { maskedInLoss: true, frozen }, stop);
  onTestFinished(() => void next.dispose());
  return next;
}

/** What the LM itself makes of each row, [2][vocabulary]. */
async function ofLm(): Promise<number[][]> {
  const { weights, bias } = await generator.hiddenStates.head();
  return lmLogits({ hiddenSize, vocabularySize, innerSize: 1, head: weights, bias: bias ?? [] }, hidden);
}

/** The logits of a row by token. */
function byToken({ width, logits, tokenIds }: Candidates, row: number): Map<number, number> {
  const cells = Array.from({ length: width }, (_, i) => row * width + i);
  return new Map(cells.map((cell, i) => [tokenIds?.[cell] ?? i, logits[cell] ?? Number.NaN]));
}

/** Those of a row that may be drawn. */
function drawable(candidates: Candidates, row = 0): number[] {
  return [...byToken(candidates, row)].flatMap(([id, logit]) => (logit > MASKED ? [id] : [])).sort((a, b) => a - b);
}

describe('the tokens that may come next', () => {
  it('are the words of the vocabulary, and the stop token only where a prompt may end', async () => {
    const next = await create({}, STOP);
    expect(drawable(await next.candidates(hidden))).toEqual(WORDS);
    expect(drawable(await next.candidates(hidden, { mayStop: false }), 1)).toEqual(WORDS);
    expect(drawable(await next.candidates(hidden, { mayStop: true }), 1)).toEqual([STOP.tokenId, ...WORDS]);
    const without = await create();
    expect(drawable(await without.candidates(hidden, { mayStop: true }))).toEqual(WORDS);
    expect(next.admits(WORDS)).toBe(true);
    expect(next.admits([...WORDS, STOP.tokenId])).toBe(false);
  });

  it('are the likeliest of the policy, as many as are asked for', async () => {
    const all = await (await create()).candidates(hidden);
    const few = await (await create({ topK: 4 })).candidates(hidden);
    for (const row of [0, 1]) {
      const best = [...byToken(all, row)].sort((a, b) => b[1] - a[1]).slice(0, 4);
      expect([...byToken(few, row).keys()]).toEqual(best.map(([id]) => id));
    }
  });

  it('are the likeliest of the LM with the logits of the policy, row by row, where fluency is asked for', async () => {
    const given = { priorBeta: 0.5, logitBias: -3 };
    const all = await (await create(given, STOP)).candidates(hidden, { mayStop: true });
    const fluent = await (await create({ ...given, fluentTopK: 5 }, STOP)).candidates(hidden, { mayStop: true });
    const lm = await ofLm();
    expect([fluent.rows, fluent.width, fluent.values]).toEqual([2, 5, all.values]);
    for (const [row, logits = []] of lm.entries()) {
      const lifted = (id: number) => (logits[id] ?? 0) + (id === STOP.tokenId ? STOP.lift : 0);
      const best = [STOP.tokenId, ...WORDS].sort((a, b) => lifted(b) - lifted(a)).slice(0, 5);
      const found = byToken(fluent, row);
      expect([...found.keys()]).toEqual(best);
      for (const [id, logit] of found) expect(logit).toBeCloseTo(byToken(all, row).get(id) ?? 0, 4);
    }
    expect([...byToken(fluent, 0).keys()]).not.toEqual([...byToken(fluent, 1).keys()]);
  });

  it('stay masked where more are asked for than may be drawn', async () => {
    const fluent = await (await create({ fluentTopK: WORDS.length + 2 })).candidates(hidden);
    expect(fluent.width).toBe(WORDS.length + 2);
    for (const row of [0, 1]) expect(drawable(fluent, row)).toEqual(WORDS);
  });

  it('are those of other parameters where some are given', async () => {
    const next = await create();
    const parameters = Object.fromEntries(
      Object.entries(next.head.parameters).map(([name, values]) => [name, values.map((_, i) => Math.cos(i))]),
    ) as typeof next.head.parameters;
    const [own, other] = [await next.candidates(hidden), await next.candidates(hidden, { parameters })];
    expect(other.logits).not.toEqual(own.logits);
    expect((await next.candidates(hidden)).logits).toEqual(own.logits);
  });

  it('have the LM’s own logits where the policy is the LM', async () => {
    const candidates = await (await create({ logitBias: -3 }, undefined, true)).candidates(hidden);
    const lm = await ofLm();
    for (const row of [0, 1]) {
      const found = byToken(candidates, row);
      for (const id of WORDS) expect(found.get(id)).toBeCloseTo(lm[row]?.[id] ?? Number.NaN, 4);
    }
  });
});
