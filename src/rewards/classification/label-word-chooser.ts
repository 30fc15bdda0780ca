import { rankWords, WORD_COUNTS, type WordChoice } from '../../classifier/choose-words.js';
import type { Reading, WordSet, WordSource } from '../../classifier/classifier.js';
import { centredByPrompt, type WordTable } from '../../classifier/find-words.js';
import { givenWords } from '../../classifier/given-words.js';
import { RlpromptError } from '../../errors.js';
import type { LabelScoresCapability, LanguageModel } from '../../lm/model/types.js';
import { largest } from '../../statistics/extremes.js';
import type { Example, Task } from '../../task/types.js';
import { renderTemplate } from '../../template/render-template.js';
import type { Template } from '../../template/template.js';
import type { ScoreCache } from '../cache/score-cache.js';
import { resolveReading } from './resolved-reading.js';

export interface ReaderSettings {
  readonly labelWords: WordSource;
  readonly labelWordsCount: number | 'auto';
}

/** Tokens that are looked through for label words: those that are likeliest on the mean. */
const LIKELY_WORDS = 3000;
/** Tokens left for a prompt, label words of several tokens and what a tokenizer puts around a text. */
const ROOM_FOR_PROMPT = 32;
/** Of services, whose tokenizers are not known. */
const CHARACTERS_PER_TOKEN = 3;

/**
 * Numbers per hidden state. On each split tried, an LM with 576 did better after any demonstrations and one with 256
 * better without (docs/lab-notebook/log.md). Over a few dozen rows accuracies are not so sure.
 */
const LEAST_WIDTH_IN_CONTEXT = 512;

/** A choice of words for some prompts. */
export interface ReadingChoice extends WordChoice {
  readonly reading: Reading;
}

/** Finds out on labelled rows by which words a target LM's answers to a prompt are best read. */
export class LabelWordChooser {
  private readonly given: WordSet[];
  private readonly tokensOf: (text: string) => number;
  private readonly contextLength: number;
  /** Whether the target LM is large enough to learn from demonstrations. */
  readonly learnsInContext: boolean;

  constructor(
    private readonly task: Task,
    private readonly scorer: LabelScoresCapability,
    private readonly cache: ScoreCache,
    private readonly template: Template,
    private readonly settings: ReaderSettings,
    targetLm: Pick<LanguageModel, 'tokenizer' | 'contextLength' | 'capabilities'>,
  ) {
    this.tokensOf = (text) => targetLm.tokenizer?.encode(text).length ?? Math.ceil(text.length / CHARACTERS_PER_TOKEN);
    this.contextLength = targetLm.contextLength;
    this.given = givenWords(task.labels);
    const { hiddenStates } = targetLm.capabilities;
    this.learnsInContext = hiddenStates === undefined || hiddenStates.hiddenSize >= LEAST_WIDTH_IN_CONTEXT;
  }

  /** Where words are to be found and the target LM tells its likely answers. */
  get findsWords(): boolean {
    return this.settings.labelWords !== 'given';
  }

  /**
   * The best choice of words for some prompts and demonstrations, by cross-validation over labelled rows. Each row is
   * one forward per prompt, or two where words are found.
   * @param examples labelled rows; those among the demonstrations are left out
   *
   * @throws RlpromptError E_FOUND_WORDS, E_LABEL_WORDS_COUNT
   */
  async choose(
    prompts: readonly string[],
    examples: readonly Example[],
    behind: Omit<Reading, 'words'> = { demonstrations: [] },
  ): Promise<ReadingChoice> {
    const { labelWords, labelWordsCount } = this.settings;
    const { template, words, shown } = resolveReading(this.scorer, this.template, { words: this.given, ...behind });
    const rows = examples.filter(({ text }) => !shown.has(text));
    const request = {
      template,
      prompts,
      inputs: rows.map(({ text }) => text),
      rows: prompts.flatMap((_, prompt) => rows.map((_row, input) => [prompt, input] as const)),
    };
    const labels = prompts.flatMap(() => rows.map(({ label }) => label!));
    const none = { words: [], logProbs: [] };
    const likely = this.findsWords ? await this.cache.answerWords({ ...request, count: LIKELY_WORDS }) : none;
    const { normalise } = this.task;
    const logProbs = await this.cache.labelScores({ ...request, labels: words, normalise });
    const centred = (table: Omit<WordTable, 'labels'>) => centredByPrompt({ ...table, labels }, prompts.length);
    const given = { table: centred({ words: words.map(({ word }) => word), logProbs }), sets: this.given };
    const found = this.findsWords ? centred(likely) : { ...none, labels };
    const counts = labelWordsCount === 'auto' ? WORD_COUNTS : [labelWordsCount];
    const sources: readonly WordSource[] = labelWords === 'both' ? ['given', 'found', 'both'] : [labelWords];
    const choices = await rankWords({ found, given, sources, counts, promptCount: prompts.length });
    const [best] = choices;
    if (!best) throw noWords(likely.words.length);
    if (labelWordsCount !== 'auto') this.checkCount(labelWordsCount, choices);
    return { ...best, reading: { ...behind, words: best.words } };
  }

  /** Whether the longest train row fits after demonstrations. */
  fits(prompt: string, { demonstrations }: Pick<Reading, 'demonstrations'>): boolean {
    const { template } = resolveReading(this.scorer, this.template, { words: this.given, demonstrations });
    const lengths = this.task.splits.train.map(({ text }) =>
      this.tokensOf(renderTemplate(template, { input: text, prompt })),
    );
    return largest(lengths) + ROOM_FOR_PROMPT <= this.contextLength;
  }

  private checkCount(count: number, choices: readonly WordChoice[]): void {
    const found = choices.find(({ source }) => source === 'found');
    const least = Math.min(...(found?.words ?? []).map(({ words }) => words.length));
    if (!found || least >= count) return;
    throw new RlpromptError({
      code: 'E_LABEL_WORDS_COUNT',
      exit: 'config',
      message: `${count} words per label are asked for, but one label has ${least} among the target LM's likely answers`,
      where: '--label-words-count',
      next: `--label-words-count ${least}, or auto`,
    });
  }
}

function noWords(seen: number): RlpromptError {
  return new RlpromptError({
    code: 'E_FOUND_WORDS',
    exit: 'config',
    message: `some label has no word among ${seen} likely answers of the target LM`,
    where: '--label-words',
    next: '--label-words given',
  });
}
