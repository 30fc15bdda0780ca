import type { Rng } from '../random/rng.js';
import { mean } from '../statistics/mean.js';
import type { TrainerState } from '../trainers/contract/types.js';
import { logSoftmax } from '../trainers/policy/phrase-scores.js';
import { curious, drawingChooser, type LogProbs } from './actors.js';
import { type Episode, playInTurn, type World } from './episodes.js';
import type { ActLearner, LearnerMetrics } from './learner.js';
import { withExemplars } from './memory/exemplars.js';
import { ExperienceMemory, type MemoryRule } from './memory/experience-memory.js';
import { recall } from './memory/recall.js';
import type { RememberedSituation } from './memory/situation.js';
import type { Choice, PhrasePolicy } from './policy/phrase-policy.js';
import { entropyOf } from './policy-step.js';

export interface MemoryForm extends MemoryRule {
  /** Whether remembered values choose in a situation that is remembered exactly. Elsewhere the language model chooses. */
  readonly actsOnValues: boolean;
}

/** The article's: means of whole returns, which only the language model reads. */
export const REMEMBERER: MemoryForm = {
  actsOnValues: false,
  horizon: Number.POSITIVE_INFINITY,
  discount: 1,
  leastShare: 0,
};
/** For language models that do not heed what stands in front of an observation, as the embedded one does not. */
export const MEMORY: MemoryForm = { actsOnValues: true, horizon: 1, discount: 1, leastShare: 0.1 };

/** Exemplars in front of an observation; the article's number. */
const EXEMPLARS = 2;
/** Share of the first update's draws that look at all actions alike; it falls to 0 with the last, as what is remembered gets better than a try. */
const CURIOSITY = 0.5;
/** Nats between an action and the next best: draws hardly ever take another than the best, and a greedy episode knows which is next. */
const CONVICTION = 10;

/**
 * Nothing is trained: what is learned is a memory of what actions were worth. It stands in front of the observation, as two
 * situations like it with an encouraged and a discouraged action each (Rememberer, arXiv 2306.07929).
 */
export class MemoryLearner implements ActLearner {
  readonly logProbs: LogProbs = (choice, task) => this.byValues(choice, task) ?? this.byReading(choice, task);
  private readonly memory: ExperienceMemory;
  /** What the language model made of texts with exemplars, which are others after each update. */
  private readonly readings = new Map<string, Float64Array>();
  /** Of the policy at each choice since the last update. */
  private entropies: number[] = [];

  constructor(
    private readonly policy: PhrasePolicy,
    private readonly tasks: readonly string[],
    private readonly settings: { readonly episodes: number; readonly updates: number },
    private readonly form: MemoryForm,
  ) {
    this.memory = new ExperienceMemory(form);
  }

  play(world: World, update: number, rng: Rng): Promise<Episode[]> {
    const curiosity = CURIOSITY * (1 - update / this.settings.updates);
    const choose = drawingChooser(async (choice, task) => {
      const logProbs = await this.logProbs(choice, task);
      this.entropies.push(entropyOf(logProbs));
      return curious(logProbs, curiosity);
    }, rng);
    return playInTurn(world, this.tasks, this.policy, choose, { update, episodes: this.settings.episodes });
  }

  async learn(episodes: readonly Episode[]): Promise<LearnerMetrics> {
    for (const { task, steps } of episodes) {
      const visits = steps.map(({ choice: { text, state, actions }, action, reward }) => {
        return { text, state, action: actions[action] ?? '', reward };
      });
      this.memory.learn(task, await this.policy.stateOf(task), visits);
    }
    this.readings.clear();
    const entropy = mean(this.entropies);
    this.entropies = [];
    return { entropy, remembered: this.memory.size };
  }

  save(): TrainerState {
    return { json: { situations: this.memory.save() }, arrays: {} };
  }

  restore({ json }: TrainerState): Promise<void> {
    return this.memory.restore(json.situations as RememberedSituation[], (text) => this.policy.stateOf(text));
  }

  /** Best first, and what was never done last; undefined where nothing on offer is remembered. */
  private byValues({ text, actions }: Choice, task: string): Float64Array | undefined {
    const known = this.form.actsOnValues ? this.memory.find(task, text)?.actions : undefined;
    if (!known || !actions.some((action) => known.has(action))) return undefined;
    const values = actions.map((action) => known.get(action)?.value ?? Number.NEGATIVE_INFINITY);
    const order = [...new Set(values)].sort((a, b) => b - a);
    return logSoftmax(Float64Array.from(values, (value) => -CONVICTION * order.indexOf(value)));
  }

  private async byReading(choice: Choice, task: string): Promise<Float64Array> {
    const { situations } = this.memory;
    if (situations.length === 0) return logSoftmax(choice.lmScores);
    const at = { taskState: await this.policy.stateOf(task), state: choice.state };
    const text = withExemplars(recall(situations, at, EXEMPLARS), choice.text);
    const key = JSON.stringify([text, choice.actions]);
    const read = this.readings.get(key) ?? logSoftmax(await this.policy.scoresAfter(text, choice.actions));
    this.readings.set(key, read);
    return read;
  }
}
