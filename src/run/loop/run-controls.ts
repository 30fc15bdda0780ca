import type { PromptInspection, RunControls, RunProgress, StopRequest, WordEdits } from '../../events.js';
import type { RemoteUsage } from '../../lm/model/remote-usage.js';

export type ControlRequest =
  | { kind: 'save' }
  | { kind: 'evaluate' }
  | { kind: 'add-prompt'; text: string }
  | { kind: 'change-label-words'; prompt: string; edits: WordEdits }
  | { kind: 'set-weights'; weights: Readonly<Record<string, number>> }
  | { kind: 'export-best'; format: string }
  | { kind: 'inspect'; text: string; answer: (inspection: Promise<PromptInspection>) => void };

/**
 * What a terminal asks of a run, kept until the loop is between two steps.
 */
export class RequestQueue implements RunControls {
  private readonly requests: ControlRequest[] = [];
  private paused = false;
  private stopReason: StopRequest | undefined;
  private wake: (() => void) | undefined;
  private hurry: (() => void) | undefined;
  private hasSearchEnded = false;

  /**
   * @param usage what services and workers have done so far
   * @param progress what the run is doing now
   */
  constructor(
    readonly usage: () => readonly RemoteUsage[] = () => [],
    readonly progress: () => RunProgress | undefined = () => undefined,
  ) {}

  pause(): void {
    this.paused = true;
  }

  continue(): void {
    this.paused = false;
    this.wake?.();
  }

  save(): void {
    this.push({ kind: 'save' });
  }

  evaluate(): void {
    this.push({ kind: 'evaluate' });
  }

  addPrompt(text: string): void {
    this.push({ kind: 'add-prompt', text });
  }

  changeLabelWords(prompt: string, edits: WordEdits): void {
    this.push({ kind: 'change-label-words', prompt, edits });
  }

  setWeights(weights: Readonly<Record<string, number>>): void {
    this.push({ kind: 'set-weights', weights: { ...weights } });
  }

  exportBest(format = 'json'): void {
    this.push({ kind: 'export-best', format });
  }

  inspect(text: string): Promise<PromptInspection> {
    return new Promise((answer) => this.push({ kind: 'inspect', text, answer }));
  }

  stop(reason: StopRequest): void {
    const wasUrgent = this.urgent !== undefined;
    if (!wasUrgent) this.stopReason = reason;
    this.wake?.();
    if (!wasUrgent && this.urgent) this.hurry?.();
  }

  /** All that was searched is saved: there is no step any more to wait for, whoever wants to stop. */
  endSearch(): void {
    const wasUrgent = this.urgent !== undefined;
    this.hasSearchEnded = true;
    if (!wasUrgent && this.urgent) this.hurry?.();
  }

  get isSearchOver(): boolean {
    return this.hasSearchEnded;
  }

  /** Why the run is to stop soon, whatever it is doing: a signal, which comes before a wish of the user. */
  get urgent(): StopRequest | undefined {
    return this.stopReason === 'user' && !this.hasSearchEnded ? undefined : this.stopReason;
  }

  /** Calls back when a stop becomes urgent, at once where it is; returns a function that ends it. */
  onUrgent(callback: () => void): () => void {
    this.hurry = callback;
    if (this.urgent) callback();
    return () => {
      this.hurry = undefined;
    };
  }

  get isPaused(): boolean {
    return this.paused && this.stopReason === undefined;
  }

  get stopping(): StopRequest | undefined {
    return this.stopReason;
  }

  next(): ControlRequest | undefined {
    return this.requests.shift();
  }

  /** Resolves at the next request, continuation or stop. */
  async changed(): Promise<void> {
    if (this.requests.length > 0 || !this.isPaused) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    this.wake = undefined;
  }

  private push(request: ControlRequest): void {
    this.requests.push(request);
    this.wake?.();
  }
}
