import { RlpromptError } from '../errors.js';
import { quotedList } from '../quoted-list.js';
import type { Reading } from './classifier.js';

interface ReadItem {
  readonly reading?: Reading | undefined;
  /** What to subtract from the label scores, [labels]. */
  readonly offsets?: readonly number[] | undefined;
}

/**
 * An item read as a run found, in the order of a task's labels: other data with the same labels may have them in another order. Labels
 * that are whole numbers come first in a verbalizer, so that of -1, 0, 1 begins with 0.
 *
 * @throws RlpromptError `E_TASK_LABEL` for a reading of other labels, by which no row of the task could be read
 */
export function inLabelOrder<I extends ReadItem>(item: I, labels: readonly string[]): I {
  const { reading, offsets } = item;
  if (!reading) return item;
  const places = labels.map((name) => reading.words.findIndex(({ label }) => label === name));
  if (places.includes(-1) || reading.words.length !== labels.length) throw otherLabels(reading, labels);
  if (places.every((place, i) => place === i)) return item;
  const words = places.map((place) => reading.words[place]!);
  return {
    ...item,
    reading: { ...reading, words },
    ...(offsets ? { offsets: places.map((place) => offsets[place]!) } : {}),
  };
}

function otherLabels({ words }: Reading, labels: readonly string[]): RlpromptError {
  return new RlpromptError({
    code: 'E_TASK_LABEL',
    exit: 'data',
    message: `a prompt is to be read by the labels ${quotedList(words.map(({ label }) => label))}, and the task has ${quotedList(labels)}`,
    next: 'give the prompt a reading of the labels that the task has',
  });
}
