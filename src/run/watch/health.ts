import { RlpromptError } from '../../errors.js';
import type { StepEndEvent } from '../../events.js';

export interface HealthWarning {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** What a step says of itself. */
export type ObservedStep = Pick<StepEndEvent, 'flat' | 'uniquePrompts' | 'metrics'>;

export interface HealthState {
  readonly flatSteps: number;
  readonly collapsedSteps: number;
  readonly skippedSteps: number;
}

const FLAT_LIMIT = 50;
const COLLAPSED_LIMIT = 10;
const COLLAPSED_SHARE = 0.3;
/** Nats a token: e to its power is how many tokens are as good as left at a position. */
const COLLAPSED_ENTROPY = 0.1;
const SKIPPED_LIMIT = 10;

/** Watches for runs that go nowhere: rewards without differences, a policy that repeats itself, numbers that are not finite. */
export class Health {
  private state: HealthState = { flatSteps: 0, collapsedSteps: 0, skippedSteps: 0 };

  /** @param options.hasPolicy the entropy that steps report is that of a policy, which is wrong when it is next to nothing */
  constructor(private readonly options: { readonly hasPolicy: boolean }) {}

  /** A warning the moment a limit is reached, never twice in one stretch. */
  observe({ flat, uniquePrompts, metrics }: ObservedStep): HealthWarning | undefined {
    const unique = metrics['policy/distinct'] ?? uniquePrompts;
    const isNarrow = this.options.hasPolicy && metrics.entropy < COLLAPSED_ENTROPY;
    const { flatSteps, collapsedSteps, skippedSteps } = this.state;
    this.state = {
      flatSteps: flat ? flatSteps + 1 : 0,
      collapsedSteps: Number(unique) < COLLAPSED_SHARE || isNarrow ? collapsedSteps + 1 : 0,
      skippedSteps: metrics.skipped ? skippedSteps + 1 : 0,
    };
    if (this.state.flatSteps === FLAT_LIMIT) {
      return {
        code: 'flat-rewards',
        message: `${FLAT_LIMIT} steps in a row in which every prompt had the same reward: there is nothing to learn from`,
        hint: 'check the label words (rlprompt eval … --per-example FILE), or sample more widely: --top-k, --temperature',
      };
    }
    if (this.state.collapsedSteps === COLLAPSED_LIMIT) {
      const sign = isNarrow ? 'it is sure of every token' : `under ${COLLAPSED_SHARE * 100} % different prompts`;
      return {
        code: 'policy-collapsed',
        message: `the policy repeats itself: ${sign} for ${COLLAPSED_LIMIT} steps`,
        hint: 'its best prompts are kept; a gentler search: a narrower --reward-to, a smaller --learning-rate',
      };
    }
    return undefined;
  }

  /** The policy was restarted: a later collapse is another one. */
  noteRestart(): void {
    this.state = { ...this.state, collapsedSteps: 0 };
  }

  /** @throws RlpromptError `E_DIVERGED` after ten updates in a row that had to be left out */
  guard(step: number, runDir: string, resumeCommand: string): void {
    if (this.state.skippedSteps < SKIPPED_LIMIT) return;
    throw new RlpromptError({
      code: 'E_DIVERGED',
      exit: 'numeric',
      message: `${SKIPPED_LIMIT} updates in a row had a loss or gradient that is not finite`,
      where: `${runDir}, step ${step}`,
      kept: 'the last finite parameters and every scored prompt',
      next: `start over with a smaller --learning-rate, or look at the prompts: ${resumeCommand.replace('resume', 'top')}`,
    });
  }

  save(): HealthState {
    return this.state;
  }

  restore(state: HealthState): void {
    this.state = state;
  }
}
