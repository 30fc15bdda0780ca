import { describe, expect, it } from 'vitest';
import type { LabelScoresCapability, LanguageModel, Tokenizer } from '../../../src/lm/model/types.js';
import {
  checkInputLengths,
  type InputLengthParts,
  measureInputs,
} from '../../../src/rewards/classification/input-lengths.js';
import { parseTemplate } from '../../../src/template/parse-template.js';
import { refusalOf } from '../../data/data-folder.js';
import { examplesOf, ScriptedScorer } from '../scripted-scorer.js';

/** A token per character, and one before each text. */
const tokenizer = {
  encode: (text: string, { special = false }: { special?: boolean } = {}) => [
    ...(special ? [0] : []),
    ...Array.from(text, () => 1),
  ],
  piece: (id: number) => `[MASK ${id}]`,
} as unknown as Tokenizer;

/** Its label words have as many tokens as letters. */
const labelScores: LabelScoresCapability = Object.assign(new ScriptedScorer(() => 0), {
  resolveLabels: (_: unknown, labels: readonly { label: string; word: string }[]) =>
    labels.map(({ label, word }) => ({ label, word, text: word, tokenIds: [...word].map(() => 1), wordCount: 1 })),
});

function partsOf(texts: readonly string[], more: Partial<LanguageModel> = {}): InputLengthParts {
  const rows = examplesOf(
    texts,
    texts.map(() => 0),
  );
  const targetLm = {
    name: 'tiny',
    family: 'causal',
    tokenizer,
    contextLength: 20,
    capabilities: { labelScores },
    ...more,
  } as unknown as LanguageModel;
  return {
    task: {
      splits: { train: rows, dev: rows.slice(0, 1), test: [] },
      labels: [
        { name: 'no', word: 'no' },
        { name: 'yes', word: 'yes' },
      ],
    },
    targetLm,
    template: parseTemplate('{input} {prompt}', { family: 'causal' }),
    settings: { promptLength: 5 },
  };
}

describe('the length of an input', () => {
  it('is its tokens in the template, with room for a prompt and the longest label word', () => {
    // One token before the text, its characters, 5 of a prompt and 3 − 1 of "yes".
    expect(measureInputs(['ab', 'abcd'], partsOf([]))).toEqual({ tokens: [10, 12], contextLength: 20 });
  });

  it('counts the mask as the model spells it', () => {
    const template = parseTemplate('{input} {prompt} {mask}', { family: 'masked' });
    const masked = partsOf([], { tokenizer: { ...tokenizer, maskTokenId: 7 } });
    // "ab [MASK 7]" has 11 characters.
    expect(measureInputs(['ab'], { ...masked, template })?.tokens).toEqual([1 + 11 + 5 + 2]);
  });

  it.each([
    ['of a service', { family: 'endpoint' }],
    ['without a tokenizer', { tokenizer: undefined }],
    ['for a model that scores no labels', { capabilities: {} }],
  ] as const)('is not known %s', (_, more) => {
    expect(measureInputs(['ab'], partsOf([], more as Partial<LanguageModel>))).toBeUndefined();
    expect(checkInputLengths(partsOf(['a'.repeat(90)], more as Partial<LanguageModel>))).toEqual([]);
  });
});

describe('inputs that are too long', () => {
  const [fits, long] = ['f'.repeat(12), 'l'.repeat(13)];

  it('are counted once each, over all splits', () => {
    expect(checkInputLengths(partsOf([fits, 'short']))).toEqual([]);
    expect(checkInputLengths(partsOf([long, long, fits]))).toEqual([
      '1 of 2 inputs are longer than the 20 tokens that tiny reads: each loses its tail (--truncate head|tail|middle)',
    ]);
  });

  it('are refused where they are more than half, until it is said what they lose', async () => {
    const parts = partsOf([long, `${long}!`, fits]);
    expect(await refusalOf(async () => checkInputLengths(parts))).toMatchObject({
      code: 'E_INPUT_TOO_LONG',
      exitCode: 65,
      message: '2 of 3 inputs are longer than the 20 tokens that tiny reads',
      kept: 'nothing was scored',
      next: 'shorten them, take a target LM that reads more, or say what they lose with --truncate head|tail|middle',
    });
    const cut = { ...parts, settings: { promptLength: 5, truncate: 'middle' } } as const;
    expect(checkInputLengths(cut)[0]).toContain('each loses its middle');
  });
});
