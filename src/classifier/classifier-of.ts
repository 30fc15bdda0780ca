import type { Classifier, Reading, WordSet } from './classifier.js';

/** The words that a run began with: its task's. */
interface GivenSource {
  readonly labels: readonly string[];
  readonly labelWords?: readonly string[];
  readonly labelWordSets?: readonly (readonly string[])[];
  readonly template: string;
}

interface FoundPrompt {
  readonly text: string;
  readonly reading?: Reading;
  readonly labelOffsets?: readonly number[];
}

/** A prompt of a run with all that reads its answers; prompts of older runs are read by the task's words. */
export function classifierOf({ text, reading, labelOffsets }: FoundPrompt, start: GivenSource): Classifier {
  return {
    prompt: text,
    template: start.template,
    words: reading?.words ?? givenAtStart(start),
    demonstrations: reading?.demonstrations ?? [],
    ...(labelOffsets ? { offsets: labelOffsets } : {}),
  };
}

function givenAtStart({ labels, labelWords, labelWordSets }: GivenSource): WordSet[] {
  return labels.map((label, i) => ({ label, words: labelWordSets?.[i] ?? [labelWords?.[i] ?? label] }));
}

/** How a classifier reads its answers. */
export function readingOf({ words, demonstrations }: Classifier): Reading {
  return { words, demonstrations };
}
