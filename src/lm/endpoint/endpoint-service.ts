import { type ChatMessage, splitMessages } from '../../template/chat-source.js';
import {
  type Completion,
  type CompletionAnswer,
  readCompletions,
  readMessage,
  type TokenPosition,
} from './answers/completion-answer.js';
import { type EndpointClient, RefusedRequest } from './client/endpoint-client.js';
import { protocolError } from './client/endpoint-errors.js';
import { Spending } from './client/spending.js';
import { COMMON_DIALECT, type Dialect, dialectAfter } from './dialect.js';
import { apart, grammarOf, schemaOf } from './request-parts.js';

/** What most services give at most. */
const USUAL_LIKELIEST = 20;
/** Tokens that a service may put around a message. */
const CHAT_MARKS = 64;

/** What is asked for one text. */
export interface CompletionRequest {
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP?: number;
  readonly stop?: string | undefined;
  readonly seed: number;
  readonly count?: number;
  readonly wantsLogProbs?: boolean;
  /** Likeliest tokens to ask for, where not as many as usual. */
  readonly likeliest?: number | undefined;
  /** The answers there are; the service is held to them where it can be. */
  readonly choices?: readonly string[];
  /** The text is a system message and the user's. */
  readonly hasSystem?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One model of a service, asked in the words the service takes. */
export class EndpointService {
  /** The model thinks before it answers; found out on the way. */
  thinks = false;
  /** The service gives as many of the likeliest tokens as it is asked for. */
  mayGiveMore = false;
  /** Texts that were answered, whatever number of requests each took. */
  rows = 0;
  readonly spending: Spending;
  private dialect: Dialect = COMMON_DIALECT;

  constructor(
    readonly client: EndpointClient,
    readonly model: string,
  ) {
    this.spending = new Spending(client.settings.limits, model);
  }

  get givesLogProbs(): boolean {
    return this.likeliest > 0;
  }

  /** The likeliest tokens that it tells at each place. */
  get likeliest(): number {
    return this.dialect.likeliest;
  }

  /** Requests that are worth starting at once. */
  get width(): number {
    return this.client.gate.most;
  }

  /** It continues texts; others answer messages. */
  get continues(): boolean {
    return this.client.settings.api === 'completions';
  }

  /** Answers to one text that make up a probability where the service gives none. */
  get samples(): number {
    return this.client.settings.samples;
  }

  get url(): URL {
    return this.client.settings.url;
  }

  /** Finds out what the service takes and gives. @throws RlpromptError E_ENDPOINT_… */
  async probe(signal?: AbortSignal): Promise<void> {
    const [answer] = await this.complete('1 + 1 =', {
      maxTokens: 1,
      temperature: 0,
      seed: 0,
      wantsLogProbs: true,
      signal,
    });
    const { likeliest: asked } = this.dialect;
    const given = Math.max(0, ...answer!.positions.map(({ likeliest }) => likeliest.length));
    this.mayGiveMore = given >= asked && asked === COMMON_DIALECT.likeliest;
    this.dialect = { ...this.dialect, likeliest: given > 1 ? Math.min(asked, Math.max(given, USUAL_LIKELIEST)) : 0 };
  }

  /** Answers to one text, as many as were asked for; a service that sends fewer at once is asked again. */
  async complete(text: string, request: CompletionRequest): Promise<Completion[]> {
    const { count = 1 } = request;
    const completions: Completion[] = [];
    while (completions.length < count) {
      const answer = await this.ask(text, { ...request, count: count - completions.length }, completions.length);
      completions.push(...answer.completions);
    }
    return completions.slice(0, count);
  }

  /** The tokens of a text itself with their log-probabilities; empty where the service does not tell them. */
  async echo(text: string): Promise<readonly TokenPosition[]> {
    if (!this.continues) return [];
    try {
      const body = { model: this.model, prompt: text, [this.dialect.lengthKey]: 0, echo: true, logprobs: 1 };
      const [answer] = (await this.post(body, 1, undefined)).completions;
      // A service may ignore what it does not know, and write a text of its own.
      return answer?.text.trim() === text.trim() ? answer.positions : [];
    } catch (error) {
      if (error instanceof RefusedRequest) return [];
      throw error;
    }
  }

  private async ask(text: string, request: CompletionRequest, offset: number): Promise<CompletionAnswer> {
    let asked = request;
    for (;;) {
      try {
        return await this.post(this.body(text, asked, offset), asked.maxTokens * (asked.count ?? 1), asked.signal);
      } catch (error) {
        // Whatever the service was asked beyond what others answer to is the likeliest reason.
        if (error instanceof RefusedRequest && asked.likeliest !== undefined) {
          this.mayGiveMore = false;
          asked = { ...asked, likeliest: undefined };
          continue;
        }
        const next = error instanceof RefusedRequest ? dialectAfter(this.dialect, error.reason) : undefined;
        if (!next) throw error instanceof RefusedRequest ? this.refused(error) : error;
        this.dialect = next;
      }
    }
  }

  /** @param written tokens that the answer may have at most */
  private async post(body: unknown, written: number, signal: AbortSignal | undefined): Promise<CompletionAnswer> {
    const read = this.client.settings.api === 'messages' ? readMessage : readCompletions;
    const most = { read: Buffer.byteLength(JSON.stringify(body)) + CHAT_MARKS, written };
    const settle = await this.spending.reserve(most);
    try {
      const answer = read(await this.client.post(body, signal), this.url);
      const { promptTokens, writtenTokens } = answer;
      // A service that does not tell is taken to have used all that it could.
      settle(promptTokens + writtenTokens > 0 ? { read: promptTokens, written: writtenTokens } : most);
      return answer;
    } catch (error) {
      settle();
      throw error;
    }
  }

  private body(text: string, request: CompletionRequest, offset: number): Record<string, unknown> {
    const { lengthKey, likeliest: usual, takesTemperature, takesSeed, takesChoices } = this.dialect;
    const { likeliest = usual, choices, topP = 1, stop, count = 1 } = request;
    const { api } = this.client.settings;
    const temperature = takesTemperature ? { temperature: request.temperature } : {};
    const nucleus = topP < 1 ? { top_p: topP } : {};
    const common = { model: this.model, ...temperature, ...nucleus };
    const messages: readonly ChatMessage[] = request.hasSystem
      ? splitMessages(text)
      : [{ role: 'user', content: text }];
    if (api === 'messages') {
      const stops = stop === undefined ? {} : { stop_sequences: [stop] };
      return { ...common, ...apart(messages), max_tokens: request.maxTokens, ...stops };
    }
    const isChat = api === 'chat';
    const logProbs = isChat ? { logprobs: true, top_logprobs: likeliest } : { logprobs: likeliest };
    return {
      ...common,
      ...(isChat ? { messages } : { prompt: text }),
      [lengthKey]: request.maxTokens,
      ...(takesSeed ? { seed: request.seed + offset } : {}),
      ...(stop === undefined ? {} : { stop: [stop] }),
      ...(count === 1 ? {} : { n: count }),
      ...(request.wantsLogProbs && likeliest > 0 && usual > 0 ? logProbs : {}),
      ...(choices && takesChoices ? (isChat ? schemaOf(choices) : grammarOf(choices)) : {}),
    };
  }

  private refused({ message }: RefusedRequest) {
    return protocolError(`${this.url.host} ${message}`, this.url);
  }
}
