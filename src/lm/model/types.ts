import type { Template } from '../../template/template.js';
import type { ChatTemplate } from './chat-template.js';

/** A language model's tokenizer. Token ids are a prompt's identity; text is what a target LM sees. */
export interface Tokenizer {
  /** Number of ids the tokenizer knows; the output layer may be wider (padding) but never narrower. */
  readonly vocabularySize: number;
  /** @param options.special adds what the tokenizer puts around a text (BOS, [CLS] …); default false. */
  encode(text: string, options?: { special?: boolean }): number[];
  decode(tokenIds: readonly number[]): string;
  /** The vocabulary's own spelling of a token, for instance `Ġgreat`. */
  piece(tokenId: number): string;
  /** The bytes a token stands for; undefined for special tokens. A token may hold part of a UTF-8 character. */
  bytes(tokenId: number): Uint8Array | undefined;
  readonly specialTokenIds: ReadonlySet<number>;
  readonly bosTokenId: number | undefined;
  readonly eosTokenId: number | undefined;
  readonly padTokenId: number | undefined;
  readonly maskTokenId: number | undefined;
}

/** What a text begins with where nothing stands before it. */
export function startTokenOf({ bosTokenId, eosTokenId }: Tokenizer): number {
  return bosTokenId ?? eosTokenId ?? 0;
}

/** The output layer of a causal LM: `logits = hidden · weights + bias`. */
export interface HeadWeights {
  /** [hidden, vocabulary], row-major. */
  readonly weights: Float32Array;
  /** [vocabulary], where the model has one. */
  readonly bias?: Float32Array;
  /** Logits are `cap · tanh(logits / cap)` (Gemma 2). A policy of its own is sampled without it. */
  readonly softCap?: number;
}

/** Opaque KV cache of some rows; `dispose` frees its tensors. */
export interface KvState {
  readonly rows: number;
  dispose(): void;
}

export interface HiddenStep {
  /** The hidden state before the head at the last position of each row, [rows, hiddenSize]. */
  readonly hidden: Float32Array;
  readonly state: KvState;
}

/** What the generator LM needs: the frozen body's hidden states, token by token, and the head as data. */
export interface HiddenStatesCapability {
  readonly hiddenSize: number;
  /** Width of the head, at least the tokenizer's vocabularySize. */
  readonly vocabularySize: number;
  head(): Promise<HeadWeights>;
  begin(prefixes: readonly (readonly number[])[]): Promise<HiddenStep>;
  /** Appends one token to each row. Consumes `state`: it must not be used again. */
  advance(state: KvState, tokenIds: readonly number[]): Promise<HiddenStep>;
}

/** A label as the target LM would write it. */
export interface LabelWord {
  /** The label's name in the task. */
  readonly label: string;
  /** The word the user gave, without the leading space the template calls for. */
  readonly word: string;
  /** The text that is scored, for instance " great". */
  readonly text: string;
  readonly tokenIds: readonly number[];
  /** Number of whitespace-separated words. */
  readonly wordCount: number;
}

export type LabelNormalisation = 'none' | 'token' | 'word';

export interface LabelScoreRequest {
  readonly template: Template;
  /** Prompt texts, trimmed; '' is the empty prompt. */
  readonly prompts: readonly string[];
  readonly inputs: readonly string[];
  readonly labels: readonly LabelWord[];
  /** Which prompt meets which input; each is one forward. */
  readonly rows: readonly (readonly [promptIndex: number, inputIndex: number])[];
  readonly normalise: LabelNormalisation;
  readonly signal?: AbortSignal | undefined;
  /** Whether the rows may be asked again by other words, so that what answers them is worth keeping. @default true */
  readonly keepsStates?: boolean | undefined;
  /** Called with the [labels] scores of a row the moment they are known, where rows are paid for one by one. */
  readonly onRow?: ((row: number, scores: Float32Array) => void) | undefined;
  /** Called at each row that is done, where a model tells. */
  readonly onDone?: (() => void) | undefined;
}

/** Rows whose likely answers are wanted. */
export type AnswerWordsRequest = Omit<LabelScoreRequest, 'labels' | 'normalise'> & {
  /** How many words, those with the largest mean log-probability over the rows. */
  readonly count: number;
};

/** Whole words that a target LM is likely to answer with, the likeliest first. */
export interface AnswerWords {
  readonly words: readonly string[];
  /** log p of each word's token, [rows, words] row-major. */
  readonly logProbs: Float32Array;
}

/** What a target LM needs for classification. */
export interface LabelScoresCapability {
  /** Checks and tokenises label words for a template; E_VERBALIZER_* names the word and its tokens. */
  resolveLabels(template: Template, labels: readonly { label: string; word: string }[]): LabelWord[];
  /**
   * Label scores whose softmax over a row's labels gives the label probabilities, [rows, labels] row-major.
   * A row's numbers do not depend on the other rows of the request.
   */
  labelScores(request: LabelScoreRequest): Promise<Float32Array>;
  /** Its likely answers over its whole vocabulary; missing where a model does not tell them. */
  answerWords?(request: AnswerWordsRequest): Promise<AnswerWords>;
  /** The likeliest tokens of each answer among which `answerWords` looks, where it does not see all. */
  readonly seenTokens?: number | undefined;
  /** How often input texts had to be cut to fit the context, of how many, since the model was loaded. */
  truncation(): { cut: number; total: number };
}

export interface GenerateRequest {
  /** Full texts to continue. */
  readonly prefixes: readonly string[];
  /** The texts have their own marks: the tokenizer puts nothing before them. @default false */
  readonly isRaw?: boolean;
  /** Each text is a system message and the user's (`splitMessages`), for a model that takes messages. @default false */
  readonly hasSystem?: boolean;
  readonly samplesPerPrefix: number;
  readonly maxNewTokens: number | readonly number[];
  readonly stop: string | undefined;
  readonly topK: number;
  readonly topP: number;
  readonly temperature: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Generation {
  readonly text: string;
  readonly stopped: boolean;
  readonly tokenCount: number;
}

export interface GenerateCapability {
  /** [prefixes][samplesPerPrefix]. Deterministic for a seed. */
  generate(request: GenerateRequest): Promise<Generation[][]>;
}

export interface LikelihoodCapability {
  /** Sum of log p(token | before) over each text's tokens after the first, and how many were scored. */
  textLogProbs(texts: readonly string[]): Promise<{ logProb: number; tokenCount: number }[]>;
}

export interface EmbedCapability {
  readonly embeddingSize: number;
  /** Token vectors without special tokens: per text, [tokens, embeddingSize] row-major. */
  embedTokens(texts: readonly string[]): Promise<{ tokenIds: number[]; vectors: Float32Array }[]>;
}

export interface ClassifyCapability {
  readonly classNames: readonly string[];
  /** [texts, classes] probabilities, row-major. */
  classify(texts: readonly string[]): Promise<Float32Array>;
}

/** What a service answered, in its first words, and how likely each of some words was as its answer. */
export interface WordAnswer {
  readonly text: string;
  /** [words]; missing where the service gives no log-probabilities, or has none of the words among its likeliest. */
  readonly logProbs?: readonly number[];
}

/** What a model behind a service can do in place of exact label scores: it may answer with none of the words. */
export interface AnswersCapability {
  answers(
    texts: readonly string[],
    words: readonly string[],
    options?: { signal?: AbortSignal | undefined },
  ): Promise<WordAnswer[]>;
}

export type ModelFamily = 'causal' | 'masked' | 'encoder-decoder' | 'encoder' | 'classifier' | 'endpoint';

/**
 * A loaded language model. What it can do is said by `capabilities`: a missing key means it cannot, and whoever
 * needs it is refused at start, with the models that have it named.
 */
export interface LanguageModel {
  readonly name: string;
  /** sha256 over the model's and tokenizer's files: part of every cache key and of run.json. */
  readonly digest: string;
  readonly family: ModelFamily;
  readonly dtype: string;
  readonly contextLength: number;
  readonly tokenizer: Tokenizer | undefined;
  /** The format that a chat model was trained on; missing where its folder has none. */
  readonly chatTemplate?: ChatTemplate | undefined;
  /** It is asked by messages anyway: a template may have a system message without `--chat`. */
  readonly takesMessages?: boolean;
  readonly capabilities: {
    readonly hiddenStates?: HiddenStatesCapability;
    readonly labelScores?: LabelScoresCapability;
    readonly generate?: GenerateCapability;
    readonly likelihood?: LikelihoodCapability;
    readonly embed?: EmbedCapability;
    readonly classify?: ClassifyCapability;
    readonly answers?: AnswersCapability;
  };
  dispose(): Promise<void>;
}
