import type { Classifier, Reading } from '../../classifier/classifier.js';
import { classifierOf } from '../../classifier/classifier-of.js';
import { givenWords } from '../../classifier/given-words.js';
import type { FullySettledConfig } from '../../config/defaults-for.js';
import type { PromptSummary } from '../../events.js';
import type { Evaluator, Task } from '../../task/types.js';
import type { ReadingInputs } from './choose-reading.js';

interface ReadingParts {
  readonly config: FullySettledConfig;
  readonly task: Task;
  readonly evaluator: Evaluator;
  readonly template: { readonly source: string };
  /** Classification only. */
  readonly reading?: (Pick<ReadingInputs, 'chooser' | 'trial'> & { readonly evaluator: ReadingEvaluator }) | undefined;
}

interface ReadingEvaluator {
  readBy(reading: Reading): void;
}

/** How the answers of the target LM are read, where that is chosen. */
export class ReadingState {
  current: Reading | undefined;

  constructor(private readonly parts: ReadingParts) {}

  /** What chooses how answers are read; undefined where nothing is to be chosen. */
  get choice(): ReadingInputs | undefined {
    const { config, task, evaluator, reading } = this.parts;
    const isAsked = config.labelWords !== 'given' || config.demos > 0;
    if (!isAsked || !reading) return undefined;
    return { config, task, evaluator, metric: evaluator.metric, chooser: reading.chooser, trial: reading.trial };
  }

  /** From now on all prompts are read like this. */
  readBy(reading: Reading): void {
    this.current = reading;
    this.parts.reading?.evaluator.readBy(reading);
  }

  /** The prompt with all that reads its answers. */
  classifierOf(prompt: PromptSummary): { classifier?: Classifier } {
    const { task, template } = this.parts;
    if (task.kind !== 'classification') return {};
    const labels = task.labels.map(({ name }) => name);
    const labelWordSets = givenWords(task.labels).map(({ words }) => words);
    return { classifier: classifierOf(prompt, { labels, labelWordSets, template: template.source }) };
  }
}
