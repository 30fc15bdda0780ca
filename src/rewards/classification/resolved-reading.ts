import type { Reading, WordSet } from '../../classifier/classifier.js';
import { demonstratedTemplate } from '../../classifier/demonstrated-template.js';
import type { LabelScoresCapability, LabelWord } from '../../lm/model/types.js';
import type { Template } from '../../template/template.js';
import type { LabelColumns } from '../cache/score-cache.js';

/** A reading as a target LM is asked for it. */
export interface ResolvedReading {
  readonly template: Template;
  /** The words of all labels, one after the other. */
  readonly words: readonly LabelWord[];
  /** Which of them are a label's, label by label; missing where every label has one. */
  readonly sets: readonly LabelColumns[] | undefined;
  /** Texts that must not be scored after the demonstrations: they are among them. */
  readonly shown: ReadonlySet<string>;
  /** The same with other demonstrations, for those texts. */
  readonly standIn: ResolvedReading | undefined;
}

/** @throws RlpromptError E_VERBALIZER_… where the target LM cannot tell the words apart, E_DEMOS_MASKED */
export function resolveReading(scorer: LabelScoresCapability, template: Template, reading: Reading): ResolvedReading {
  const { demonstrations, standIns = [] } = reading;
  const labelOf = ownersOf(reading.words);
  const words = scorer.resolveLabels(
    template,
    Array.from(labelOf, ([word, label]) => ({ label, word })),
  );
  return {
    template: demonstratedTemplate(template, demonstrations),
    words,
    sets: reading.words.every(({ words: own }) => own.length === 1)
      ? undefined
      : columnsOf(reading.words, [...labelOf.keys()]),
    shown: new Set(demonstrations.map(({ text }) => text)),
    standIn:
      standIns.length === 0
        ? undefined
        : resolveReading(scorer, template, { words: reading.words, demonstrations: standIns }),
  };
}

/** Each word once, with the first label that it is a word of: where words are weighed, all labels are read by the same. */
function ownersOf(sets: readonly WordSet[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { label, words } of sets) for (const word of words) if (!owners.has(word)) owners.set(word, label);
  return owners;
}

function columnsOf(sets: readonly WordSet[], all: readonly string[]): LabelColumns[] {
  const columnOf = new Map(all.map((word, column) => [word, column]));
  return sets.map(({ words, weights }) => ({
    columns: words.map((word) => columnOf.get(word)!),
    weights: weights ?? words.map(() => 1),
  }));
}
