import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { Rng } from '../../../src/random/rng.js';
import { PromptPolicy } from '../../../src/trainers/policy/prompt-policy.js';
import { lmLogits } from '../../policy/reference-policy.js';
import { type ScriptedGenerator, scriptedGenerator } from '../scripted-generator.js';
import { toySettings } from '../toy-search.js';

const FLUENT = ['dull', 'sad', 'old'];
/** Of three words alone, where words are drawn. */
const sure = scriptedGenerator({ fluentWords: FLUENT, fluency: 30 });
/** Of any word, though rather of those. */
const open = scriptedGenerator({ fluentWords: FLUENT, fluency: 1.5 });
const plain = scriptedGenerator();
const { idOf, words } = plain;

interface Given extends Partial<RunConfigInput> {
  /** Of the generator LM. */
  readonly contextLength?: number;
  readonly frozen?: boolean;
  /** @default plain */
  readonly lm?: ScriptedGenerator;
}

/** A policy that begins as the LM, or is it, where it is frozen. */
async function create({ contextLength, frozen = false, lm = plain, ...given }: Given = {}): Promise<PromptPolicy> {
  const generator = { ...lm, ...(contextLength === undefined ? {} : { contextLength }) };
  const settings = toySettings({ promptLength: 3, priorBeta: 1, ...given });
  const policy = await PromptPolicy.create(generator, settings, { maskedInLoss: true, frozen });
  onTestFinished(() => void policy.dispose());
  return policy;
}

/** The tokens that the plain LM likes best after a beginning, of those that a prompt may hold. */
async function likeliest(count: number, beginning: readonly number[]): Promise<number[]> {
  const { hiddenSize, vocabularySize } = plain.hiddenStates;
  const { weights, bias } = await plain.hiddenStates.head();
  const { hidden, state } = await plain.hiddenStates.begin([[0, ...beginning]]);
  state.dispose();
  const [logits = []] = lmLogits({ hiddenSize, vocabularySize, innerSize: 1, head: weights, bias: bias! }, hidden);
  return words
    .map(idOf)
    .sort((a, b) => logits[b]! - logits[a]!)
    .slice(0, count);
}

const rng = () => Rng.create(1, 'sampling');

async function drawn(given: Given, count = 40): Promise<string[]> {
  return (await (await create(given)).sample(count, rng())).map(({ text }) => text);
}

describe('words that are forbidden', () => {
  it.each([1000, 12])('never come, where the %i likeliest tokens are drawn from', async (topK) => {
    const isThere = (texts: readonly string[]) => texts.some((text) => /\b(dull|sad)\b/.test(text));
    expect(isThere(await drawn({ lm: open, topK }))).toBe(true);
    const without = await drawn({ lm: open, topK, forbid: ['Dull', 'sad'] });
    expect(isThere(without)).toBe(false);
    expect(new Set(without).size).toBeGreaterThan(5);
    expect(without.some((text) => text.includes('old'))).toBe(true);
  });

  it('do not come where the likeliest token is taken', async () => {
    const policy = await create({ lm: sure, frozen: true, forbid: ['dull', 'sad'] });
    expect((await policy.greedy()).text).toBe('old old old');
  });

  it('forbid a phrase only where it is whole', async () => {
    const texts = await drawn({ lm: sure, forbid: ['sad dull'] });
    expect(texts.some((text) => text.includes('sad dull'))).toBe(false);
    expect(texts.some((text) => text.includes('dull sad'))).toBe(true);
  });

  it('leave the other candidates as they are', async () => {
    const two = { lm: sure, frozen: true, topK: 2, promptLength: 1 };
    const [forbidden, other] = [...new Set(await drawn(two))];
    expect(other).toBeDefined();
    expect(new Set(await drawn({ ...two, forbid: [forbidden!] }))).toEqual(new Set([other]));
  });

  it('are refused where no token is left', async () => {
    const policy = await create({ lm: sure, frozen: true, topK: 2, forbid: FLUENT });
    await expect(policy.sample(4, rng())).rejects.toMatchObject({
      code: 'E_TOKEN_MASK',
      exit: 'config',
      message: 'every token that may come next ends a forbidden word',
      where: '--forbid',
      next: expect.stringContaining('--top-k'),
    });
    const all = await create({ forbid: [...words] });
    await expect(all.sample(4, rng())).rejects.toMatchObject({ code: 'E_TOKEN_MASK' });
  });
});

describe('a text that prompts must contain', () => {
  it('begins each of them, and is no choice of the policy', async () => {
    const policy = await create({ mustContain: 'great movie' });
    const rollouts = await policy.sample(10, rng());
    for (const { tokenIds, trace } of [...rollouts, await policy.greedy()]) {
      expect(tokenIds.slice(0, 2)).toEqual([idOf('great'), idOf('movie')]);
      expect(tokenIds).toHaveLength(2 + 3);
      expect([...trace.samplingLogProbs.slice(0, 2)]).toEqual([0, 0]);
    }
    expect(rollouts.every(({ trace }) => trace.samplingLogProbs.slice(2).every((logProb) => logProb < 0))).toBe(true);
    expect(new Set(rollouts.map(({ text }) => text)).size).toBeGreaterThan(5);
  });

  it('is no part of a prompt from elsewhere', async () => {
    const policy = await create({ mustContain: 'great movie' });
    const followed = await policy.follow([idOf('sad'), idOf('plot')]);
    expect(followed).toMatchObject({ tokenIds: [idOf('sad'), idOf('plot')], text: 'sad plot' });
    expect(followed.trace.hidden).toHaveLength(2 * plain.hiddenStates.hiddenSize);
  });

  it('is refused where it has a token that no prompt may hold', async () => {
    await expect(create({ mustContain: 'great \u0007' })).resolves.toBeDefined();
    const tokenizer = { ...plain.tokenizer, encode: () => [idOf('great'), 0] };
    const settings = toySettings({ mustContain: 'great' });
    const refused = PromptPolicy.create({ ...plain, tokenizer }, settings, { maskedInLoss: true });
    await expect(refused).rejects.toMatchObject({
      code: 'E_TOKEN_MASK',
      exit: 'config',
      message: '"great" has tokens that a prompt may not hold',
      where: '--must-contain',
      next: expect.stringContaining('--tokens all'),
    });
  });
});

describe('a context', () => {
  const hiddenOf = async (given: Given) => [...(await (await create(given)).follow([1])).trace.hidden];
  /** The state after the start token and some words. */
  const stateAfter = async (text: string) => {
    const tokens = text === '' ? [] : plain.tokenizer.encode(` ${text}`);
    const { hidden, state } = await plain.hiddenStates.begin([[0, ...tokens]]);
    state.dispose();
    return [...hidden];
  };

  it('stands between the start token and the prompt', async () => {
    expect(await hiddenOf({})).toEqual(await stateAfter(''));
    expect(await hiddenOf({ context: [' sad movie'] })).toEqual(await stateAfter('sad movie'));
  });

  it('has as many lines as were given', async () => {
    const seen: string[] = [];
    const encode = (text: string) => {
      seen.push(text);
      return plain.tokenizer.encode(text);
    };
    const generator = { ...plain, tokenizer: { ...plain.tokenizer, encode } };
    const policy = await PromptPolicy.create(generator, toySettings({ context: ['one', 'two'] }), {
      maskedInLoss: true,
    });
    onTestFinished(() => void policy.dispose());
    expect(seen).toEqual(['one\ntwo']);
  });

  it('loses its beginning where the prompt would not fit behind it, but never its last token', async () => {
    const context = [' great bad sad movie'];
    expect(await hiddenOf({ context, contextLength: 3 + 4 })).toEqual(await stateAfter('great bad sad movie'));
    expect(await hiddenOf({ context, contextLength: 3 + 2 })).toEqual(await stateAfter('sad movie'));
    expect(await hiddenOf({ context, contextLength: 3 + 2, mustContain: 'great' })).toEqual(await stateAfter('movie'));
    expect(await hiddenOf({ context, contextLength: 2 })).toEqual(await stateAfter('movie'));
  });
});

describe('the states along prompts', () => {
  it('are those before each token, for prompts of several lengths together', async () => {
    const before = plain.liveStates();
    const policy = await create({ context: [' sad movie'] });
    const prompts = [[idOf('great')], [idOf('bad'), idOf('plot'), idOf('story')], [], [idOf('old'), idOf('old')]];
    const states = await policy.statesAlong(prompts);
    for (const [i, prompt] of prompts.entries()) {
      const { trace } = prompt.length > 0 ? await policy.follow(prompt) : { trace: { hidden: new Float32Array(0) } };
      expect(states[i]).toEqual(trace.hidden);
    }
    expect(plain.liveStates()).toBe(before);
  });

  it('lead to what may follow each beginning', async () => {
    const before = plain.liveStates();
    const policy = await create({ frozen: true, topK: 1 });
    const { rows, tokenIds } = await policy.after([[], [idOf('great'), idOf('bad')]]);
    expect(rows).toBe(2);
    // Each is what the LM likes best after that beginning.
    const best = await Promise.all([[], [idOf('great'), idOf('bad')]].map((beginning) => likeliest(1, beginning)));
    expect([...tokenIds!]).toEqual(best.flat());
    expect(plain.liveStates()).toBe(before);
  });
});

describe('the likeliest tokens of the LM alone', () => {
  it('are all that a policy may choose among, by its own logits', async () => {
    const given = { priorBeta: 0, promptLength: 1, topK: 1000 };
    expect(new Set(await drawn(given, 200)).size).toBeGreaterThan(20);
    const texts = await drawn({ ...given, fluentTopK: 3 }, 200);
    const three = (await likeliest(3, [])).map((id) => plain.tokenizer.decode([id]).trim());
    expect(new Set(texts)).toEqual(new Set(three));
    // An untrained policy likes them about alike.
    for (const word of new Set(texts)) {
      expect(Math.abs(texts.filter((text) => text === word).length / 200 - 1 / 3)).toBeLessThan(0.12);
    }
  });

  it('are ordered by what a policy has learned, whatever the LM likes best of them', async () => {
    const three = await likeliest(3, []);
    const chosen = new Set<number | undefined>();
    for (const id of three) {
      const policy = await create({ priorBeta: 0, promptLength: 1, fluentTopK: 3 });
      const { hiddenSize, vocabularySize } = plain.hiddenStates;
      const { weights } = await plain.hiddenStates.head();
      // What the MLP adds to the state points at the head's column of one token.
      const { b2 } = policy.head.parameters;
      for (let j = 0; j < hiddenSize; j++) b2[j] = 20 * (weights[j * vocabularySize + id] ?? 0);
      const { tokenIds } = await policy.greedy();
      expect(three).toContain(tokenIds[0]);
      chosen.add(tokenIds[0]);
    }
    expect(chosen.size).toBeGreaterThan(1);
  });

  it('are all tokens where there are not more', async () => {
    const given = { priorBeta: 0, promptLength: 1, topK: 1000 };
    expect(await drawn({ ...given, fluentTopK: 1000 })).toEqual(await drawn(given));
  });

  it('leave what is masked masked', async () => {
    const texts = await drawn({ priorBeta: 0, promptLength: 1, fluentTopK: 43 }, 300);
    for (const text of texts) expect(words).toContain(text);
  });
});

describe('a policy that reads inputs', () => {
  const conditioned = async (given: Given = {}) => {
    const policy = await create({ inputConditioned: true, ...given });
    const reader = policy.conditioned;
    if (!reader) throw new Error('it reads none');
    return { policy, reader };
  };

  it('is one only where it was set to be', async () => {
    expect((await create()).conditioned).toBeUndefined();
  });

  it('has for each of many inputs the prompt that it has for it alone', async () => {
    const { reader } = await conditioned();
    const inputs = Array.from({ length: 35 }, (_, i) => `x ${words.slice(i % 7, (i % 7) + 2).join(' ')}`);
    const together = await reader.promptsFor(inputs);
    expect(together.map(({ input }) => input)).toEqual(inputs);
    for (const place of [0, 3, 31, 32, 34]) {
      const [alone] = await reader.promptsFor(inputs.slice(place, place + 1));
      expect(alone?.tokenIds).toEqual(together[place]?.tokenIds);
      expect(alone?.tokenIds).toHaveLength(3);
    }
    expect(new Set(together.map(({ text }) => text)).size).toBeGreaterThan(1);
    expect(await reader.promptsFor([])).toEqual([]);
  });

  it('draws a prompt for each input, behind its state', async () => {
    const { policy } = await conditioned();
    const inputs = ['x great movie', 'x sad plot'];
    const rollouts = await policy.sample(2, rng(), { inputs });
    expect(rollouts.map(({ input }) => input)).toEqual(inputs);
    const { hidden, state } = await plain.hiddenStates.begin(
      inputs.map((input) => [0, ...plain.tokenizer.encode(input)]),
    );
    state.dispose();
    const { hiddenSize } = plain.hiddenStates;
    expect(rollouts.flatMap(({ trace }) => [...trace.hidden.subarray(0, hiddenSize)])).toEqual([...hidden]);
    const [without] = await policy.sample(1, rng());
    expect(Object.keys(without ?? {}).sort()).toEqual(['text', 'tokenIds', 'trace']);
  });

  it('takes parameters that were kept in place of its own', async () => {
    const { policy, reader } = await conditioned({ priorBeta: 0 });
    const kept = reader.parameters();
    const before = await reader.promptsFor(['x great movie']);
    for (const array of Object.values(policy.head.parameters)) array.set(array.map((_, i) => Math.sin(i + 1)));
    expect(await reader.promptsFor(['x great movie'])).not.toEqual(before);
    expect(await reader.promptsFor(['x great movie'], kept)).toEqual(before);
  });

  it('reads an input to its end where the prompt fits behind it', async () => {
    // The start token and two others; the last of a prompt's three tokens is chosen, never read.
    const { reader } = await conditioned({ contextLength: 5 });
    expect(reader.readsWhole('x great movie')).toBe(true);
    expect(reader.readsWhole('x great sad movie')).toBe(false);
  });
});
