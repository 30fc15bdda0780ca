import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EndpointSettings } from '../../../src/lm/endpoint/client/endpoint-settings.js';

type Body = Record<string, unknown>;

/** Takes over the answer to a request; undefined lets the service answer. */
export type Interference = (response: ServerResponse, body: Body, count: number) => boolean;

/** What the service's model says to a text: probabilities of the tokens at each place; it writes the likeliest. */
export type Speaker = (text: string, body: Body) => Places | Promise<Places>;

type Places = readonly Readonly<Record<string, number>>[];

/** A server that behaves like an OpenAI-compatible service, at `/v1/chat/completions` and `/v1/completions`. */
export class FakeService {
  readonly requests: { readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: Body }[] = [];
  interfere: Interference = () => false;
  givesLogProbs = true;
  /** Time before each answer. */
  latencyMs = 0;
  /** Answers it sends at once, however many are asked for. */
  mostAnswers = 8;
  /** Answers for another server, such as one that speaks TLS. */
  readonly listener = (request: IncomingMessage, response: ServerResponse): void => {
    void this.answer(request, response);
  };
  private readonly server = createServer(this.listener);

  private constructor(public speaks: Speaker) {}

  static async start(speaks: Speaker): Promise<FakeService> {
    const service = new FakeService(speaks);
    await new Promise<void>((done) => service.server.listen(0, '127.0.0.1', done));
    return service;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  settings(more: Partial<EndpointSettings> = {}): EndpointSettings {
    const url = new URL(`${this.endpoint}/${more.api === 'completions' ? '' : 'chat/'}completions`);
    return {
      url,
      api: 'chat',
      key: undefined,
      timeoutMs: 2000,
      retryMs: 1,
      concurrency: 8,
      samples: 1,
      limits: {},
      ...more,
    };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Body;
    const count = this.requests.push({ url: request.url!, headers: request.headers, body });
    if (this.latencyMs > 0) await new Promise((done) => setTimeout(done, this.latencyMs));
    if (this.interfere(response, body, count)) return;
    const isChat = request.url === '/v1/chat/completions';
    if (!isChat && request.url !== '/v1/completions')
      return sendJson(response, 404, { error: { message: 'no such path' } });
    const text = isChat ? (body.messages as { content: string }[]).at(-1)!.content : (body.prompt as string);
    sendJson(response, 200, await (isChat ? this.chat(body, text) : this.continuation(body, text)));
  }

  private async places(body: Body, text: string) {
    const places = await this.speaks(text, body);
    const limit = Number(body.max_tokens ?? body.max_completion_tokens);
    const written = places.slice(0, limit).map(likeliestOf);
    return { places: places.slice(0, limit), written, isWhole: places.length <= limit };
  }

  private chat(body: Body, text: string) {
    const choice = async () => {
      const { places, written, isWhole } = await this.places(body, text);
      const content = places.map((place, i) => ({
        token: written[i],
        logprob: Math.log(place[written[i]!]!),
        top_logprobs: Object.entries(place).map(([token, p]) => ({ token, logprob: Math.log(p) })),
      }));
      return {
        message: { role: 'assistant', content: written.join('') },
        finish_reason: isWhole ? 'stop' : 'length',
        ...(this.givesLogProbs && body.logprobs ? { logprobs: { content } } : {}),
      };
    };
    return this.envelope(body, choice);
  }

  private continuation(body: Body, text: string) {
    const choice = async () => {
      const { places, written, isWhole } = await this.places(body, text);
      const logprobs = {
        tokens: written,
        token_logprobs: places.map((place, i) => Math.log(place[written[i]!]!)),
        top_logprobs: places.map((place) =>
          Object.fromEntries(Object.entries(place).map(([token, p]) => [token, Math.log(p)])),
        ),
      };
      return {
        text: written.join(''),
        finish_reason: isWhole ? 'stop' : 'length',
        ...(this.givesLogProbs && body.logprobs ? { logprobs } : {}),
      };
    };
    return this.envelope(body, choice);
  }

  private async envelope(body: Body, choice: () => Promise<object>) {
    const count = Math.min(this.mostAnswers, Number(body.n ?? 1));
    const choices = await Promise.all(Array.from({ length: count }, choice));
    return { model: body.model, choices, usage: { prompt_tokens: 7, completion_tokens: 2 * count } };
  }
}

function likeliestOf(place: Readonly<Record<string, number>>): string {
  return Object.keys(place).reduce((best, token) => (place[token]! > place[best]! ? token : best));
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
