import { labelText } from '../../template/label-text.js';
import { renderTemplate } from '../../template/render-template.js';
import type { Template } from '../../template/template.js';
import type {
  AnswerWords,
  AnswerWordsRequest,
  LabelScoreRequest,
  LabelScoresCapability,
  LabelWord,
  WordAnswer,
} from '../model/types.js';
import { likelyAnswers } from './answers/likely-answers.js';
import { endpointConfigError, endpointError } from './client/endpoint-errors.js';
import type { EndpointAnswers } from './endpoint-answers.js';

/** Before this many rows a few answers without a label word are not held against the service. */
const ROWS_TO_JUDGE_BY = 10;
const MOST_BLIND = 0.2;
/** More words than anybody gives: they were found among the likeliest tokens. */
const MANY_WORDS = 20;

/** Label scores as far as a service tells them: from its likeliest tokens, or from the word that it writes. */
export class EndpointLabelScores implements LabelScoresCapability {
  readonly answerWords?: (request: AnswerWordsRequest) => Promise<AnswerWords>;
  readonly seenTokens: number;
  #rows = 0;
  /** Rows in which no label word was seen. */
  #blind = 0;

  constructor(
    private readonly name: string,
    private readonly url: URL,
    private readonly service: EndpointAnswers,
  ) {
    this.seenTokens = service.seenTokens;
    if (this.seenTokens > 0) this.answerWords = (request) => this.#answerWords(request);
  }

  resolveLabels(template: Template, labels: readonly { label: string; word: string }[]): LabelWord[] {
    const trimmed = labels.map(({ label, word }) => ({ label, word: word.trim() }));
    const words = trimmed.map(({ word }) => word);
    const where = '--verbalizer';
    const next = 'give each label a different word, for instance --verbalizer negative=terrible,positive=great';
    if (words.length < 2 || words.includes('') || new Set(words).size < words.length) {
      const message = `at least two label words are needed, no two alike, none empty: got ${JSON.stringify(words)}`;
      throw endpointConfigError('E_ENDPOINT_WORDS', message, where, next);
    }
    return trimmed.map(({ label, word }) => {
      return { label, word, text: labelText(template, word), tokenIds: [], wordCount: word.split(/\s+/).length };
    });
  }

  /** A service says nothing of what it cuts. */
  truncation(): { cut: number; total: number } {
    return { cut: 0, total: this.#rows };
  }

  async labelScores({ template, prompts, inputs, labels, rows, normalise, signal, onRow }: LabelScoreRequest) {
    if (normalise === 'token') {
      const message = 'a service does not say how many tokens a label word has';
      throw endpointConfigError('E_ENDPOINT_NORMALISE', message, '--normalise', '--normalise none, or word');
    }
    const order = inputMajor(template, rows);
    const texts = order.map((row) => textOf({ template, prompts, inputs, rows }, row));
    const words = labels.map(({ word }) => word);
    const scores = new Float32Array(rows.length * labels.length);
    const onAnswer = (i: number, { logProbs, text }: WordAnswer): void => {
      const row = order[i]!;
      this.#rows++;
      if (logProbs === undefined) this.#countBlind(text, words, rows.length);
      const values = labels.map(({ wordCount }, k) => (logProbs?.[k] ?? 0) / (normalise === 'word' ? wordCount : 1));
      scores.set(values, row * labels.length);
      onRow?.(row, scores.subarray(row * labels.length, (row + 1) * labels.length));
    };
    await this.service.answers(texts, words, {
      signal,
      hasSystem: template.hasSystem,
      areTokens: areFound(labels),
      mustChoose: true,
      onAnswer,
    });
    return scores;
  }

  async #answerWords({ count, signal, onDone, ...request }: AnswerWordsRequest): Promise<AnswerWords> {
    const { template, rows } = request;
    const texts = rows.map((_, row) => textOf(request, row));
    const tokens = await this.service.beginnings(texts, { signal, hasSystem: template.hasSystem, onDone });
    const isSpaced = this.service.continues && labelText(template, 'a') === ' a';
    return likelyAnswers(tokens, { count, isSpaced });
  }

  /** A row without any of the words says nothing; too many of them, and the rewards would be made up. */
  #countBlind(text: string, words: readonly string[], wanted: number): void {
    this.#blind++;
    const rows = Math.max(this.#rows, Math.min(wanted, ROWS_TO_JUDGE_BY));
    if (this.#blind <= MOST_BLIND * rows) return;
    const message =
      `${this.name} rarely answers with ${words.map((word) => JSON.stringify(word)).join(' or ')}: none was in its ` +
      `answer to ${this.#blind} of ${this.#rows} texts; it wrote for instance ${JSON.stringify(text)}`;
    throw endpointError('E_ENDPOINT_LABELS', 'protocol', message, {
      where: this.url.href,
      next: 'let --template ask for the label words, or give --verbalizer words that the model writes',
    });
  }
}

/** Whether labels have many words each, which only finding gives them. */
function areFound(labels: readonly LabelWord[]): boolean {
  return labels.length > MANY_WORDS && new Set(labels.map(({ label }) => label)).size < labels.length;
}

/** What the service is asked for a row. */
function textOf({ template, prompts, inputs, rows }: Omit<AnswerWordsRequest, 'count'>, row: number): string {
  const [prompt, input] = rows[row]!;
  return renderTemplate(template, { prompt: prompts[prompt]!, input: inputs[input]! });
}

/** The order of rows in which those that begin alike follow each other, which the service may have computed already. */
function inputMajor({ source }: Template, rows: LabelScoreRequest['rows']): number[] {
  const order = rows.map((_, row) => row);
  const at = source.indexOf('{input}') < source.indexOf('{prompt}') ? 1 : 0;
  return order.sort((one, other) => rows[one]![at] - rows[other]![at] || one - other);
}
