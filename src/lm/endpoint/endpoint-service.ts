import { type Completion, type CompletionAnswer, readCompletions, type TokenPosition } from './completion.js';
import { COMMON_DIALECT, type Dialect, dialectAfter } from './dialect.js';
import { type EndpointClient, RefusedRequest } from './endpoint-client.js';
import { protocolError } from './endpoint-errors.js';

/** What is asked for one text. */
export interface CompletionRequest {
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP?: number;
  readonly stop?: string | undefined;
  readonly seed: number;
  readonly count?: number;
  readonly wantsLogProbs?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** One model of a service, asked in the words the service takes. */
export class EndpointService {
  promptTokens = 0;
  writtenTokens = 0;
  private dialect: Dialect = COMMON_DIALECT;

  constructor(
    readonly client: EndpointClient,
    readonly model: string,
  ) {}

  get givesLogProbs(): boolean {
    return this.dialect.likeliest > 0;
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
    const isGiven = answer!.positions.some(({ likeliest }) => likeliest.length > 1);
    if (!isGiven) this.dialect = { ...this.dialect, likeliest: 0 };
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
    if (this.client.settings.api === 'chat') return [];
    try {
      const body = { model: this.model, prompt: text, [this.dialect.lengthKey]: 0, echo: true, logprobs: 1 };
      const { completions } = await this.post(body, undefined);
      return completions[0]!.positions;
    } catch (error) {
      if (error instanceof RefusedRequest) return [];
      throw error;
    }
  }

  private async ask(text: string, request: CompletionRequest, offset: number): Promise<CompletionAnswer> {
    for (;;) {
      try {
        return await this.post(this.body(text, request, offset), request.signal);
      } catch (error) {
        const next = error instanceof RefusedRequest ? dialectAfter(this.dialect, error.reason) : undefined;
        if (!next) throw error instanceof RefusedRequest ? this.refused(error) : error;
        this.dialect = next;
      }
    }
  }

  private async post(body: unknown, signal: AbortSignal | undefined): Promise<CompletionAnswer> {
    const answer = readCompletions(await this.client.post(body, signal), this.url);
    this.promptTokens += answer.promptTokens;
    this.writtenTokens += answer.writtenTokens;
    return answer;
  }

  private body(text: string, request: CompletionRequest, offset: number): Record<string, unknown> {
    const { lengthKey, likeliest, takesTemperature, takesSeed } = this.dialect;
    const isChat = this.client.settings.api === 'chat';
    const logProbs = isChat ? { logprobs: true, top_logprobs: likeliest } : { logprobs: likeliest };
    return {
      model: this.model,
      ...(isChat ? { messages: [{ role: 'user', content: text }] } : { prompt: text }),
      [lengthKey]: request.maxTokens,
      ...(takesTemperature ? { temperature: request.temperature } : {}),
      ...(takesSeed ? { seed: request.seed + offset } : {}),
      ...(request.topP !== undefined && request.topP < 1 ? { top_p: request.topP } : {}),
      ...(request.stop === undefined ? {} : { stop: [request.stop] }),
      ...(request.count === undefined || request.count === 1 ? {} : { n: request.count }),
      ...(request.wantsLogProbs && likeliest > 0 ? logProbs : {}),
    };
  }

  private refused({ message }: RefusedRequest) {
    return protocolError(`${this.url.host} ${message}`, this.url);
  }
}
