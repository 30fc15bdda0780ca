import { rankWords, WORD_COUNTS, type WordChoice, type WordSource } from '../../classifier/choose-words.js';
import type { Reading, WordSet } from '../../classifier/classifier.js';
import { givenWords } from '../../classifier/given-words.js';
import { RlpromptError } from '../../errors.js';
import type { LabelScoresCapability, LanguageModel } from '../../lm/model/types.js';
import type { Task } from '../../task/types.js';
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
const ROOM = 32;
/** Of services, whose tokenizers are not known. */
const CHARACTERS_PER_TOKEN = 3;

/** A choice of words for a prompt. */
export interface ReadingChoice extends WordChoice {
  readonly prompt: string;
  readonly reading: Reading;
}

/** Finds out on the train rows by which words a target LM's answers to a prompt are best read. */
export class AnswerReader {
  private readonly given: WordSet[];
  private readonly tokensOf: (text: string) => number;
  private readonly contextLength: number;

  constructor(
    private readonly task: Task,
    private readonly scorer: LabelScoresCapability,
    private readonly cache: ScoreCache,
    private readonly template: Template,
    private readonly settings: ReaderSettings,
    targetLm: Pick<LanguageModel, 'tokenizer' | 'contextLength'>,
  ) {
    this.tokensOf = (text) => targetLm.tokenizer?.encode(text).length ?? Math.ceil(text.length / CHARACTERS_PER_TOKEN);
    this.contextLength = targetLm.contextLength;
    this.given = givenWords(task.labels);
  }

  /** Where words are to be found and the target LM tells its likely answers. */
  get findsWords(): boolean {
    return this.settings.labelWords !== 'given';
  }

  /**
   * Choices of words behind some demonstrations, best first by cross-validation over the train rows. Each train row is one
   * forward, or two where the given words count too.
   *
   * @throws RlpromptError E_FOUND_WORDS, E_LABEL_WORDS_COUNT
   */
  async rank(prompt: string, behind: Omit<Reading, 'words'> = { demonstrations: [] }): Promise<ReadingChoice[]> {
    const { labelWords, labelWordsCount } = this.settings;
    const { template, words, shown } = resolveReading(this.scorer, this.template, { words: this.given, ...behind });
    const rows = this.task.splits.train.filter(({ text }) => !shown.has(text));
    const request = {
      template,
      prompts: [prompt],
      inputs: rows.map(({ text }) => text),
      rows: rows.map((_, input) => [0, input] as const),
    };
    const labels = rows.map(({ label }) => label!);
    const none = { words: [], logProbs: [] };
    const found = this.findsWords ? await this.cache.answerWords({ ...request, count: LIKELY_WORDS }) : none;
    const { normalise } = this.task;
    const scores = await this.cache.labelScores({ ...request, labels: words, normalise });
    const given = { table: { words: words.map(({ word }) => word), logProbs: scores, labels }, sets: this.given };
    const counts = labelWordsCount === 'auto' ? WORD_COUNTS : [labelWordsCount];
    const sources: readonly WordSource[] = labelWords === 'both' ? ['given', 'found', 'both'] : [labelWords];
    const choices = rankWords({ found: { ...found, labels }, given, sources, counts });
    const best = choices[0];
    if (!best) throw noWords(found.words.length);
    if (labelWordsCount !== 'auto') this.checkCount(labelWordsCount, choices);
    return choices.map((choice) => ({ ...choice, prompt, reading: { ...behind, words: choice.words } }));
  }

  /** Whether the longest train row fits behind demonstrations. */
  fits(prompt: string, { demonstrations }: Pick<Reading, 'demonstrations'>): boolean {
    const { template } = resolveReading(this.scorer, this.template, { words: this.given, demonstrations });
    const lengths = this.task.splits.train.map(({ text }) =>
      this.tokensOf(renderTemplate(template, { input: text, prompt })),
    );
    return Math.max(...lengths) + ROOM <= this.contextLength;
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
