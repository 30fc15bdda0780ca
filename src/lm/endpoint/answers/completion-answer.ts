import * as z from 'zod';
import { protocolError } from '../client/endpoint-errors.js';

/** A token that a service might have written, with its natural log-probability. */
export interface ScoredToken {
  readonly token: string;
  readonly logProb: number;
}

/** One written token and the likeliest ones in its place. */
export interface TokenPosition extends ScoredToken {
  readonly likeliest: readonly ScoredToken[];
}

/** One answer of a service, whichever of its addresses it came from. */
export interface Completion {
  readonly text: string;
  /** It came to its own end, or to the stop string; not to the limit of tokens. */
  readonly isFinished: boolean;
  /** The service said that the model thought first, or showed its thoughts. */
  readonly hasThought: boolean;
  /** Empty where the service gives no log-probabilities. */
  readonly positions: readonly TokenPosition[];
  readonly tokenCount: number;
}

export interface CompletionAnswer {
  readonly completions: readonly Completion[];
  readonly promptTokens: number;
  readonly writtenTokens: number;
}

const logProb = z.number().nullish();
const listed = z.object({
  content: z
    .array(
      z.object({
        token: z.string(),
        logprob: logProb,
        top_logprobs: z.array(z.object({ token: z.string(), logprob: logProb })).nullish(),
      }),
    )
    .nullish(),
});
const columns = z.object({
  tokens: z.array(z.string()),
  token_logprobs: z.array(logProb),
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullish(),
});
const thought = z.string().nullish();
const choice = z.object({
  index: z.number().nullish(),
  text: z.string().nullish(),
  message: z.object({ content: z.string().nullish(), reasoning_content: thought, reasoning: thought }).nullish(),
  finish_reason: z.string().nullish(),
  logprobs: z.union([columns, listed]).nullish(),
});
const answerSchema = z.object({
  choices: z.array(choice).min(1),
  usage: z.object({ prompt_tokens: z.number().nullish(), completion_tokens: z.number().nullish() }).nullish(),
});

const messageSchema = z.object({
  content: z.array(z.object({ type: z.string(), text: z.string().nullish() })),
  stop_reason: z.string().nullish(),
  usage: z.object({ input_tokens: z.number().nullish(), output_tokens: z.number().nullish() }).nullish(),
});

/** Reads an answer of `/messages`, which has no log-probabilities. @throws RlpromptError E_ENDPOINT_PROTOCOL */
export function readMessage(answer: unknown, url: URL): CompletionAnswer {
  const parsed = messageSchema.safeParse(answer);
  if (!parsed.success) throw unexpected(parsed.error, url);
  const { content, stop_reason, usage } = parsed.data;
  const completion: Completion = {
    text: content.map(({ text }) => text ?? '').join(''),
    isFinished: stop_reason === 'end_turn' || stop_reason === 'stop_sequence',
    hasThought: content.some(({ type }) => /thinking/.test(type)),
    positions: [],
    tokenCount: usage?.output_tokens ?? 0,
  };
  return {
    completions: [completion],
    promptTokens: usage?.input_tokens ?? 0,
    writtenTokens: usage?.output_tokens ?? 0,
  };
}

function unexpected({ issues: [issue] }: z.ZodError, url: URL) {
  return protocolError(`an answer of ${url.host} is not as expected: ${issue!.path.join('.')} ${issue!.message}`, url);
}

/** @throws RlpromptError E_ENDPOINT_PROTOCOL where it is not what such services send */
export function readCompletions(answer: unknown, url: URL): CompletionAnswer {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) throw unexpected(parsed.error, url);
  const { usage } = parsed.data;
  const choices = [...parsed.data.choices].sort((one, other) => (one.index ?? 0) - (other.index ?? 0));
  return {
    completions: choices.map(({ text, message, finish_reason, logprobs }) => ({
      text: text ?? message?.content ?? '',
      isFinished: finish_reason === 'stop',
      hasThought: Boolean(message?.reasoning_content || message?.reasoning),
      positions: logprobs ? positionsOf(logprobs) : [],
      // Of several answers only the sum is told.
      tokenCount: Math.round((usage?.completion_tokens ?? 0) / choices.length),
    })),
    promptTokens: usage?.prompt_tokens ?? 0,
    writtenTokens: usage?.completion_tokens ?? 0,
  };
}

function positionsOf(logProbs: z.output<typeof columns> | z.output<typeof listed>): TokenPosition[] {
  if ('tokens' in logProbs) {
    const { tokens, token_logprobs, top_logprobs } = logProbs;
    return tokens.map((token, i) => {
      const likeliest = Object.entries(top_logprobs?.[i] ?? {}).map(([name, value]) => ({
        token: name,
        logProb: value,
      }));
      return { token, logProb: token_logprobs[i] ?? Number.NaN, likeliest };
    });
  }
  return (logProbs.content ?? []).map(({ token, logprob, top_logprobs }) => ({
    token,
    logProb: logprob ?? Number.NaN,
    likeliest: (top_logprobs ?? []).flatMap(({ token: name, logprob: value }) =>
      value === null || value === undefined ? [] : [{ token: name, logProb: value }],
    ),
  }));
}
