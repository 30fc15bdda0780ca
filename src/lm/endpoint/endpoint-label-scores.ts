import { labelText } from '../../template/label-text.js';
import { renderTemplate } from '../../template/render-template.js';
import type { Template } from '../../template/template.js';
import type { AnswersCapability, LabelScoreRequest, LabelScoresCapability, LabelWord } from '../model/types.js';
import { endpointConfigError, endpointError } from './endpoint-errors.js';

/** From this many rows on it is said that the label words are not among the likeliest answers. */
const ROWS_TO_JUDGE_BY = 10;
const MOST_BLIND = 0.2;

/** Label scores as far as a service tells them: from its likeliest tokens, among which a word may not be. */
export class EndpointLabelScores implements LabelScoresCapability {
  #rows = 0;
  /** Rows in which no label word was seen. */
  #blind = 0;

  constructor(
    private readonly name: string,
    private readonly url: URL,
    private readonly service: AnswersCapability,
  ) {}

  resolveLabels(template: Template, labels: readonly { label: string; word: string }[]): LabelWord[] {
    const words = labels.map(({ word }) => word.trim());
    const where = '--verbalizer';
    const next = 'give each label a word of its own, for instance --verbalizer negative=terrible,positive=great';
    if (words.length < 2 || words.includes('') || new Set(words).size < words.length) {
      const message = `at least two label words are needed, no two alike, none empty: got ${JSON.stringify(words)}`;
      throw endpointConfigError('E_ENDPOINT_WORDS', message, where, next);
    }
    return labels.map(({ label }, i) => {
      const word = words[i]!;
      return { label, word, text: labelText(template, word), tokenIds: [], wordCount: word.split(/\s+/).length };
    });
  }

  /** A service says nothing of what it cuts. */
  truncation(): { cut: number; total: number } {
    return { cut: 0, total: this.#rows };
  }

  async labelScores({ template, prompts, inputs, labels, rows, normalise, signal }: LabelScoreRequest) {
    if (normalise === 'token') {
      const message = 'a service does not say how many tokens a label word has';
      throw endpointConfigError('E_ENDPOINT_NORMALISE', message, '--normalise', '--normalise none, or word');
    }
    const texts = rows.map(([prompt, input]) =>
      renderTemplate(template, { prompt: prompts[prompt]!, input: inputs[input]! }),
    );
    const words = labels.map(({ word }) => word);
    const answers = await this.service.answers(texts, words, { signal });
    const scores = new Float32Array(rows.length * labels.length);
    answers.forEach(({ logProbs, text }, row) => {
      this.#rows++;
      if (logProbs === undefined) this.#countBlind(text, words);
      labels.forEach(({ wordCount }, label) => {
        scores[row * labels.length + label] = (logProbs?.[label] ?? 0) / (normalise === 'word' ? wordCount : 1);
      });
    });
    return scores;
  }

  /** A row without any of the words says nothing; too many of them, and the rewards would be made up. */
  #countBlind(text: string, words: readonly string[]): void {
    this.#blind++;
    if (this.#rows < ROWS_TO_JUDGE_BY || this.#blind <= MOST_BLIND * this.#rows) return;
    const message =
      `${this.name} rarely answers with ${words.map((word) => JSON.stringify(word)).join(' or ')}: none was among its ` +
      `likeliest words for ${this.#blind} of ${this.#rows} texts; it wrote for instance ${JSON.stringify(text)}`;
    throw endpointError('E_ENDPOINT_LABELS', 'protocol', message, {
      where: this.url.href,
      next: 'let --template ask for the label words, or give --verbalizer words that the model writes',
    });
  }
}
