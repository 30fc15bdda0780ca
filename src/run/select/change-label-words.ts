import { editWords, type WordEdits } from '../../classifier/edit-words.js';
import { RlpromptError } from '../../errors.js';
import type { UnnumberedEvent } from '../../events.js';
import type { EvaluatedRun } from './evaluations.js';
import type { ReadingState } from './reading-state.js';

interface WordsRun extends EvaluatedRun {
  readonly step: number;
  readonly reading: Pick<ReadingState, 'current' | 'classifierOf'>;
}

/**
 * Scores a candidate by other label words, which replace its own; the event that says so, or why it cannot be. The search
 * continues with the run's words: its rewards stay comparable.
 */
export async function changeLabelWords(run: WordsRun, text: string, edits: WordEdits): Promise<UnnumberedEvent> {
  const { candidates } = run.prompts;
  const candidate = candidates.get(text);
  const classifier = candidate && run.reading.classifierOf(candidate).classifier;
  if (!classifier) return refusedWords(candidate ? 'this task has no labels' : 'the prompt is no longer kept');
  try {
    const behind = candidate.reading ?? run.reading.current ?? { demonstrations: [] };
    const reading = { ...behind, words: editWords(classifier.words, edits) };
    const { train, dev } = run.task.splits;
    const [onTrain, onDev] = await run.evaluator.evaluate([
      { text, examples: train, reading },
      { text, examples: dev, reading },
    ]);
    candidates.readByEdited(text, reading, { train: onTrain!, dev: onDev! });
    run.prompts.noteBaseline(text, onDev!.metrics);
    const { train: trainBefore, dev: devBefore } = candidate;
    const before = { train: trainBefore, ...(devBefore ? { dev: devBefore } : {}) };
    return { type: 'label-words-changed', step: run.step, prompt: candidates.get(text)!, before };
  } catch (error) {
    if (error instanceof RlpromptError && isAboutWords(error)) return refusedWords(error.message);
    throw error;
  }
}

export function refusedWords(problem: string) {
  const message = `the label words stay as they are: ${problem}`;
  const hint = 'LABEL=WORD|WORD gives a label words, -WORD leaves one out';
  return { type: 'warning', code: 'label-words-refused', message, hint } as const;
}

/** No such label, or words that the target LM cannot tell apart. */
function isAboutWords({ code }: RlpromptError): boolean {
  return code === 'E_WORD_EDIT' || code.startsWith('E_VERBALIZER');
}
