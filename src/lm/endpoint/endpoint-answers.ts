import type { AnswersCapability, WordAnswer } from '../model/types.js';
import type { Completion, ScoredToken } from './answers/completion-answer.js';
import { hasClosedThoughts, withoutThoughts } from './answers/thinking.js';
import {
  isAnswerToken,
  isUndecided,
  isWord,
  type WordScores,
  wordOfAnswer,
  wordScores,
} from './answers/word-scores.js';
import type { CompletionRequest, EndpointService } from './endpoint-service.js';
import { inParallel } from './in-parallel.js';

/** Enough for marks around a word of a few tokens. */
const ANSWER_TOKENS = 8;
/** Enough for `{"answer": "…"}`. */
const CHOICE_TOKENS = 48;
/** What a model may think before it answers. */
const THOUGHT_TOKENS = 4096;
/** As good as the whole vocabulary; asked for only where a word is not among the likeliest. */
const ALL_LIKELIEST = 20_000;
/** More tokens than any model has; asked for once per word. */
const WHOLE_VOCABULARY = 1_000_000;
/** The words together, as the first token of a message: with less, the answer begins with something else. */
const LEAST_MASS = 0.01;

interface Asked {
  readonly text: string;
  readonly words: readonly string[];
  readonly hasSystem: boolean;
  readonly areTokens: boolean;
  readonly signal: AbortSignal | undefined;
}

export interface AnswerOptions {
  readonly signal?: AbortSignal | undefined;
  /** Each text is a system message and the user's. */
  readonly hasSystem?: boolean;
  /** Each word is one token, and one that is not among the likeliest is not looked for. */
  readonly areTokens?: boolean;
  /** Presses for one of the words where the answer holds none. */
  readonly mustChoose?: boolean;
  /** Called with each answer the moment it is there. */
  readonly onAnswer?: (index: number, answer: WordAnswer) => void;
}

/** Puts questions to a service whose answer is one of some words. */
export class EndpointAnswers implements AnswersCapability {
  /** By word, asked once. */
  readonly #isOneToken = new Map<string, Promise<boolean>>();
  #thinksUnsaid: Promise<boolean> | undefined;

  constructor(private readonly service: EndpointService) {}

  async answers(
    texts: readonly string[],
    words: readonly string[],
    { signal, hasSystem = false, areTokens = false, mustChoose = false, onAnswer }: AnswerOptions = {},
  ): Promise<WordAnswer[]> {
    return await inParallel(texts, this.service.width, async (text, i) => {
      const answer = await this.answer({ text, words, hasSystem, areTokens, signal }, mustChoose);
      this.service.rows++;
      onAnswer?.(i, answer);
      return answer;
    });
  }

  /** The likeliest tokens that each answer may begin with; none where the service does not tell them. */
  async beginnings(
    texts: readonly string[],
    {
      signal,
      hasSystem = false,
      onDone,
    }: Pick<AnswerOptions, 'signal' | 'hasSystem'> & { onDone?: (() => void) | undefined },
  ): Promise<(readonly ScoredToken[])[]> {
    return await inParallel(texts, this.service.width, async (text) => {
      const completion = await this.ask({ text, words: [], hasSystem, areTokens: true, signal }, { maxTokens: 1 });
      this.service.rows++;
      onDone?.();
      return completion?.positions[0]?.likeliest ?? [];
    });
  }

  get continues(): boolean {
    return this.service.continues;
  }

  /** The likeliest tokens that the service tells of an answer; 0 where it tells none. */
  get seenTokens(): number {
    return this.service.likeliest;
  }

  private async answer(asked: Asked, mustChoose: boolean): Promise<WordAnswer> {
    if (!this.service.givesLogProbs && mustChoose) return await this.chosen(asked);
    const completion = await this.first(asked);
    const scores = completion && (await this.scores(asked, completion));
    if (!scores && !mustChoose) return { text: completion?.text ?? '' };
    if (!scores || (mustChoose && this.saysLittle(asked, scores))) return await this.chosen(asked);
    return { text: completion.text, ...scores };
  }

  /** A message is answered in other words. A continued text is not: there, shares count as with a local model. */
  private saysLittle({ areTokens }: Asked, { logProbs }: WordScores): boolean {
    if (areTokens || this.service.continues) return false;
    return logProbs.reduce((mass, logProb) => mass + Math.exp(logProb), 0) < LEAST_MASS;
  }

  /** The beginning of the answer: one token where that decides, and more where it does not. */
  private async first(asked: Asked, likeliest?: number): Promise<Completion | undefined> {
    const { thinks, givesLogProbs } = this.service;
    const begun = await this.ask(asked, { maxTokens: givesLogProbs ? 1 : ANSWER_TOKENS, likeliest });
    if (thinks || !begun || !givesLogProbs) return begun;
    if (asked.areTokens || !isUndecided(begun.text, asked.words)) return begun;
    return await this.ask(asked, { maxTokens: ANSWER_TOKENS, likeliest });
  }

  private async scores(asked: Asked, completion: Completion): Promise<WordScores | undefined> {
    if (asked.areTokens) return wordScores(completion, asked.words, asked.words);
    const scores = wordScores(completion, asked.words);
    if (scores?.unseen.length === 0) return scores;
    const oneToken = await this.oneTokenWords(scores?.unseen ?? asked.words, asked);
    const strict = wordScores(completion, asked.words, oneToken);
    if (!this.service.mayGiveMore || strict?.censored === 0) return strict;
    const wider = await this.first(asked, ALL_LIKELIEST);
    return wider && wordScores(wider, asked.words, oneToken);
  }

  /** Which of the words the model writes as one token; none where that cannot be told. */
  private async oneTokenWords(words: readonly string[], asked: Asked): Promise<readonly string[]> {
    const { continues, mayGiveMore, thinks } = this.service;
    if (!continues && (!mayGiveMore || thinks)) return [];
    const known = words.map((word) => {
      const isOne = this.#isOneToken.get(word) ?? (continues ? this.repeatsWord(word) : this.hasToken(word, asked));
      this.#isOneToken.set(word, isOne);
      return isOne;
    });
    const isOneToken = await Promise.all(known);
    return words.filter((_, i) => isOneToken[i]);
  }

  /** What follows a word that was written many times is that word again, as the model cuts it. */
  private async repeatsWord(word: string): Promise<boolean> {
    const text = Array.from({ length: 8 }, () => word).join(' ');
    const [next] = await this.service.complete(text, { maxTokens: 1, temperature: 0, seed: 0, wantsLogProbs: true });
    return next !== undefined && isWord(next.text, word);
  }

  /** An answer to a message may begin without a space, where a word is cut in another way: all its tokens are looked through. */
  private async hasToken(word: string, asked: Asked): Promise<boolean> {
    const answer = await this.ask(asked, { maxTokens: 1, likeliest: WHOLE_VOCABULARY });
    const [first] = answer?.positions ?? [];
    return first !== undefined && isAnswerToken(first, word);
  }

  /** What the model writes when it is told which answers there are; of several samples, their shares. */
  private async chosen(asked: Asked): Promise<WordAnswer> {
    const { text, words, hasSystem, signal } = asked;
    const { samples, thinks: hasRoom } = this.service;
    const request = { hasSystem, signal, temperature: samples > 1 ? 1 : 0, seed: 0, count: samples, choices: words };
    const tokens = hasRoom ? THOUGHT_TOKENS : CHOICE_TOKENS;
    let completions = await this.service.complete(text, { ...request, maxTokens: tokens });
    if (!hasRoom && completions.every((one) => !withoutThoughts(one))) {
      this.service.thinks = true;
      completions = await this.service.complete(text, { ...request, maxTokens: THOUGHT_TOKENS });
    }
    const written = completions.flatMap((one) => withoutThoughts(one)?.text ?? []);
    const chosen = written.flatMap((answer) => wordOfChoice(answer, words) ?? []);
    const [said = ''] = written;
    if (chosen.length === 0) {
      const mayThink = !hasRoom && completions.every(({ isFinished }) => !isFinished);
      if (!mayThink || !(await this.thinksUnsaid(asked))) return { text: said };
      this.service.thinks = true;
      return await this.answer(asked, true);
    }
    const counts = words.map((_, word) => chosen.filter((one) => one === word).length);
    // Half an answer for each word: what was not seen in a few samples is not impossible.
    const total = chosen.length + words.length / 2;
    return { text: said, logProbs: counts.map((count) => Math.log((count + 0.5) / total)) };
  }

  /** Whether the model thinks although nothing says so at the beginning: it is given room once. */
  private async thinksUnsaid({ text, hasSystem, signal }: Asked): Promise<boolean> {
    const request = { hasSystem, signal, temperature: 0, seed: 0, maxTokens: THOUGHT_TOKENS };
    this.#thinksUnsaid ??= this.service.complete(text, request).then((whole) => whole.some(hasClosedThoughts));
    return await this.#thinksUnsaid;
  }

  /** An answer without thoughts; a service that turns out to think first gets room for it, now and from then on. */
  private async ask(
    { text, hasSystem, signal }: Asked,
    { maxTokens, likeliest }: Pick<CompletionRequest, 'maxTokens' | 'likeliest'>,
  ): Promise<Completion | undefined> {
    const request = { temperature: 0, seed: 0, wantsLogProbs: true, likeliest, hasSystem, signal };
    if (!this.service.thinks) {
      const [short] = await this.service.complete(text, { ...request, maxTokens });
      const answer = short && withoutThoughts(short);
      // One token of `<think>` may be no more than its first character.
      const mayThink = short !== undefined && /^\s*<(t(h(i(nk?)?)?)?)?$/.test(short.text) && !short.isFinished;
      if (answer && !mayThink) return answer;
      if (mayThink) {
        const [longer] = await this.service.complete(text, { ...request, maxTokens: ANSWER_TOKENS });
        const other = longer && withoutThoughts(longer);
        if (other) return other;
      }
      this.service.thinks = true;
    }
    const [whole] = await this.service.complete(text, { ...request, maxTokens: THOUGHT_TOKENS });
    return whole && withoutThoughts(whole);
  }
}

/** The word of `{"answer": "word"}`, or that a plain answer begins with. */
function wordOfChoice(text: string, words: readonly string[]): number | undefined {
  const quoted = /^\s*(?:```\w*\s*)?\{\s*"answer"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  const found = quoted === undefined ? -1 : words.indexOf(JSON.parse(quoted) as string);
  return found >= 0 ? found : wordOfAnswer(text, words);
}
