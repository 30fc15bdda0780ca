import type { StepEndEvent } from '../../events.js';

/** What a step comes to, times and caches left out. */
const FIELDS = [
  'rewardMean',
  'rewardMax',
  'rewardStd',
  'loss',
  'gradNorm',
  'entropy',
  'uniquePrompts',
  'forwards',
  'bestPrompt',
] as const;

/**
 * Steps that a log had behind the checkpoint that its run resumes from. They are made again, and a run that can be repeated
 * makes them as they were.
 */
export class EarlierSteps {
  private isTold = false;

  constructor(private readonly logged: readonly StepEndEvent[]) {}

  /** Where a step that was made again differs; told once, for the steps after it differ by its cause. */
  warningOf(again: Omit<StepEndEvent, 'seq' | 'type'>): { code: string; message: string; hint: string } | undefined {
    const before = this.isTold ? undefined : this.logged.findLast(({ step }) => step === again.step);
    // A log knows no negative zero, and neither does this comparison.
    const field = before && FIELDS.find((name) => before[name] !== again[name]);
    if (before === undefined || field === undefined) return undefined;
    this.isTold = true;
    const was = JSON.stringify(before[field]);
    return {
      code: 'not-repeated',
      message: `step ${again.step} came out otherwise than before the run was interrupted: ${field} was ${was} and is ${JSON.stringify(again[field])}`,
      hint: 'a reward, a service or events.jsonl has changed; "rlprompt tasks check" tells whether a reward repeats itself',
    };
  }
}
