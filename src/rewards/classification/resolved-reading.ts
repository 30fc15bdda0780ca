import type { Reading } from '../../classifier/classifier.js';
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
  /** Texts that must not be scored behind the demonstrations: they are among them. */
  readonly shown: ReadonlySet<string>;
  /** The same with other demonstrations, for those texts. */
  readonly standIn: ResolvedReading | undefined;
}

/** @throws RlpromptError E_VERBALIZER_… where the target LM cannot tell the words apart, E_DEMOS_MASKED */
export function resolveReading(scorer: LabelScoresCapability, template: Template, reading: Reading): ResolvedReading {
  const { demonstrations, standIns = [] } = reading;
  const words = scorer.resolveLabels(
    template,
    reading.words.flatMap(({ label, words: own }) => own.map((word) => ({ label, word }))),
  );
  return {
    template: demonstratedTemplate(template, demonstrations),
    words,
    sets: reading.words.every(({ words: own }) => own.length === 1) ? undefined : columnsOf(reading),
    shown: new Set(demonstrations.map(({ text }) => text)),
    standIn:
      standIns.length === 0
        ? undefined
        : resolveReading(scorer, template, { words: reading.words, demonstrations: standIns }),
  };
}

function columnsOf({ words }: Reading): LabelColumns[] {
  let next = 0;
  return words.map(({ words: own, weights }) => {
    const columns = own.map(() => next++);
    return { columns, weights: weights ?? own.map(() => 1) };
  });
}
