import { Rng } from '../random/rng.js';
import type { FromHost, LmQuestion, ToHost } from '../task/define/reward-messages.js';
import type { RewardContext } from '../task/types.js';

type Settle = { resolve(value: unknown): void; reject(error: Error): void };

/** The context of one call of a reward; its language model calls are questions to the program. */
export class CallContext {
  private readonly controller = new AbortController();
  private readonly waiting = new Map<number, Settle>();
  private readonly rng: Rng;

  constructor(
    private readonly call: number,
    seed: number,
    private readonly send: (message: FromHost) => void,
    private readonly nextId: () => number,
  ) {
    this.rng = Rng.create(seed, 'reward');
  }

  get context(): RewardContext {
    return {
      signal: this.controller.signal,
      rng: () => this.rng.float(),
      log: (message) => this.send({ type: 'log', text: String(message) }),
      scoreLabels: (request) => this.ask('scoreLabels', request) as Promise<number[][][]>,
      generate: (request) => this.ask('generate', request) as Promise<string[][]>,
      embed: (texts) => this.ask('embed', texts) as Promise<number[][]>,
    };
  }

  receive(message: Extract<ToHost, { type: 'lm-answer' | 'lm-error' }>): void {
    const settle = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.type === 'lm-answer') settle?.resolve(message.value);
    else settle?.reject(new Error(message.message));
  }

  /** The call is over: whatever still runs in the reward may stop. */
  end(reason: string): void {
    this.controller.abort(new Error(reason));
  }

  private async ask(kind: LmQuestion['kind'], request: unknown): Promise<unknown> {
    this.controller.signal.throwIfAborted();
    const id = this.nextId();
    const question: LmQuestion = { kind, request, seed: this.rng.uint32() };
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.send({ type: 'lm-question', call: this.call, id, question });
    });
  }
}
