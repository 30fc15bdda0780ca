import type { RunConfig } from '../../config/run-config.js';
import { zip } from '../../statistics/zip.js';
import type { EvaluationItem, Example, Task } from '../../task/types.js';
import type { ProposeOptions, Rollout } from '../../trainers/contract/types.js';
import { stepInputs } from '../policies/step-inputs.js';
import { stepExamples } from './step-examples.js';

type DataSettings = Pick<RunConfig, 'seed' | 'examplesPerStep' | 'inputsPerStep' | 'promptsPerStep'>;

/** The train examples that the prompts of a step meet. */
export class StepData {
  private readonly train: readonly Example[];

  /** @param options.readsInputs the policy proposes a prompt for each input */
  constructor(
    private readonly task: Pick<Task, 'groupBy' | 'splits'>,
    private readonly settings: DataSettings,
    private readonly options: { readonly readsInputs: boolean },
  ) {
    this.train = task.splits.train;
  }

  /** How many of the train examples a prompt of a step meets. */
  get examplesMet(): 'all' | 'some' | 'one' {
    if (this.task.groupBy === 'example') return 'one';
    return this.settings.examplesPerStep === undefined ? 'all' : 'some';
  }

  /** What the trainer is to know of the step's prompts: a policy that reads inputs gets those, never their labels. */
  proposeOptions(step: number): ProposeOptions {
    if (!this.options.readsInputs) return {};
    return { inputs: this.inTurn(this.settings.promptsPerStep, step).map(({ text }) => text) };
  }

  /**
   * Every rollout meets all train examples, or those of the step, and the rewards form one group; where a task groups by
   * example, or the policy reads inputs, each meets one of the step's inputs, in turn, and they form one group an input.
   */
  examplesOf(
    rollouts: readonly Rollout[],
    step: number,
  ): { readonly items: EvaluationItem[]; readonly groups: number[] | undefined } {
    if (this.task.groupBy === 'batch' && !this.options.readsInputs) {
      const { seed, examplesPerStep: count } = this.settings;
      const examples = count === undefined ? this.train : stepExamples(this.train, { seed, step, count });
      return { items: rollouts.map(({ text }) => ({ text, examples })), groups: undefined };
    }
    const met = this.inTurn(rollouts.length, step).map((example) => [example]);
    const items = Array.from(zip(met, rollouts), ([examples, { text }]) => ({ text, examples }));
    return { items, groups: met.flatMap((examples) => examples.map(({ index }) => index)) };
  }

  /** The step's inputs, again and again. [count] */
  private inTurn(count: number, step: number): Example[] {
    const inputs = this.inputsOf(step);
    return Array.from({ length: Math.ceil(count / inputs.length) }, () => inputs)
      .flat()
      .slice(0, count);
  }

  /** They follow each other by step; those that a policy reads, in another order at every pass. */
  private inputsOf(step: number): Example[] {
    const { train, settings } = this;
    const { seed, inputsPerStep } = settings;
    if (this.options.readsInputs) return stepInputs(train, { seed, step, count: inputsPerStep });
    const count = Math.min(inputsPerStep, train.length);
    const start = (step * count) % train.length;
    return [...train.slice(start, start + count), ...train.slice(0, Math.max(0, start + count - train.length))];
  }
}
