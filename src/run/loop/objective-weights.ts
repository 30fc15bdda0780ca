import { findWeightProblem } from '../../config/values/weight-problem.js';
import type { UnnumberedEvent, WeightsChangedEvent } from '../../events.js';
import type { WeightedObjectives, WeightedObjectivesState } from '../../rewards/objectives/weighted-objectives.js';
import type { Evaluation } from '../../task/types.js';
import type { RewardParts, Trainer } from '../../trainers/contract/types.js';

type Weights = Readonly<Record<string, number>>;

/** Those who keep rewards and compute them again from their parts. */
interface RewardKeepers {
  readonly trainer: Pick<Trainer, 'reweigh'>;
  readonly prompts: { reweigh(rewardOf: (parts: RewardParts) => number): void };
}

/** The weights of a run's objectives, which its user can change while it runs. */
export class ObjectiveWeights {
  /** @param lost changes that a crash took away, oldest first */
  constructor(
    private readonly objectives: WeightedObjectives | undefined,
    private lost: readonly WeightsChangedEvent[],
  ) {}

  /** What the objectives report beside their values. */
  metrics(): Record<string, number> {
    return this.objectives?.metrics() ?? {};
  }

  /** What a reward was made of, where that can weigh differently later. */
  partsOf({ parts }: Evaluation): RewardParts | undefined {
    return this.objectives ? parts : undefined;
  }

  /**
   * Gives objectives other weights, and every reward that is kept its new value; the event that says so, or why it cannot be.
   * @param change weights by objective; those not named stay
   */
  change(change: Weights, step: number, { trainer, prompts }: RewardKeepers): UnnumberedEvent {
    const { objectives } = this;
    if (!objectives) {
      const hint = 'start a run with --objective NAME=WEIGHT; you can raise a weight from 0 later';
      return { ...refused('this run has one objective, the task’s own reward'), hint };
    }
    const before = objectives.weights;
    const problem = findWeightProblem({ ...before, ...change }, objectives.rule, Object.keys(before));
    if (problem !== undefined) return refused(problem);
    objectives.setWeights({ ...before, ...change });
    trainer.reweigh?.(objectives.rewardOf);
    prompts.reweigh(objectives.rewardOf);
    return { type: 'weights-changed', step, weights: objectives.weights, before };
  }

  /** Lost changes that are due. */
  takeLost(step: number): readonly { readonly weights: Weights }[] {
    const due = this.lost.filter((event) => event.step <= step);
    this.lost = this.lost.filter((event) => event.step > step);
    return due;
  }

  save(): { objectives?: WeightedObjectivesState } {
    return this.objectives ? { objectives: this.objectives.save() } : {};
  }

  restore(saved: WeightedObjectivesState | undefined): void {
    if (saved) this.objectives?.restore(saved);
  }
}

function refused(problem: string) {
  return { type: 'warning', code: 'weights-refused', message: `the weights stay as they are: ${problem}` } as const;
}
