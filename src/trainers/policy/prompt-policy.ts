import { RlpromptError } from '../../errors.js';
import type { HiddenStep } from '../../lm/model/types.js';
import type { MlpParameters } from '../../policy/parameters/mlp-parameters.js';
import { named, unnamed } from '../../policy/parameters/saved-parameters.js';
import type { PolicyHead } from '../../policy/policy-head.js';
import type { StopToken } from '../../policy/policy-head-types.js';
import { type Candidates, greedyTokens, type SamplingOptions, sampleTokens } from '../../policy/sampling.js';
import { Rng } from '../../random/rng.js';
import { joinRows } from '../../statistics/join-rows.js';
import { zip } from '../../statistics/zip.js';
import type { Generator, TrainerSettings } from '../contract/settings.js';
import type { ConditionedPolicy, ProposeOptions, Rollout } from '../contract/types.js';
import { NextTokens, type PolicyOptions } from './next-tokens.js';
import { liftFor, PromptEnds, stopTokenOf } from './prompt-ends.js';
import { PromptPrefix } from './prompt-prefix.js';
import { type Choose, WordFilter } from './word-filter.js';

/** What a loss needs of a rollout: the frozen body runs once a token and never again. */
export interface PromptTrace {
  /** The hidden state each token was chosen at, and the stop token where the prompt has one, [time, hiddenSize]. */
  readonly hidden: Float32Array;
}

export interface PolicyRollout extends Rollout {
  readonly trace: SampledTrace;
}

export interface SampledTrace extends PromptTrace {
  /** log of the probability each token was drawn with, after mask, top-k, top-p and temperature, [time]. */
  readonly samplingLogProbs: Float32Array;
}

interface RollOptions extends ProposeOptions {
  readonly length?: number;
  readonly parameters?: MlpParameters;
  /** Whether prompts begin with the text that they must contain and hold no forbidden word. */
  readonly constrained?: boolean;
}

/** Inputs that are read together where there are many of them. */
const INPUTS_AT_ONCE = 32;

/** Texts of the LM over which its wish to end one is measured. */
const MEASURED_TEXTS = 32;

/**
 * The policy as RLPrompt has it (section 2.3): the frozen generator LM with the trained MLP before its output head,
 * proposing prompts of a fixed length, or of several lengths, from the LM's start token, or from an input that stands
 * after it.
 */
export class PromptPolicy {
  private readonly prefix: PromptPrefix;
  /** The tokens that every drawn prompt begins with. */
  private readonly given: readonly number[];
  private readonly filter: WordFilter;
  /** Where prompts have several lengths. */
  readonly ends: PromptEnds | undefined;

  private constructor(
    private readonly nextTokens: NextTokens,
    private readonly generator: Generator,
    private readonly settings: TrainerSettings,
    stop: StopToken | undefined,
  ) {
    const { tokenizer } = generator;
    const { forbid, mustContain } = settings;
    this.given = mustContain === undefined ? [] : tokenizer.encode(` ${mustContain}`);
    this.prefix = new PromptPrefix(generator, settings, this.given.length);
    const { promptLength, minPromptLength = promptLength } = settings;
    const given = this.given.length;
    const isOpen = stop && minPromptLength < promptLength;
    this.ends = isOpen ? new PromptEnds(stop, given + minPromptLength, given + promptLength) : undefined;
    this.filter = new WordFilter(tokenizer, forbid ?? [], this.ends?.stop.tokenId);
    if (!this.admits(this.given)) throw notAllowed(mustContain ?? '');
  }

  static async create(generator: Generator, settings: TrainerSettings, options: PolicyOptions): Promise<PromptPolicy> {
    return PromptPolicy.assemble(generator, settings, options, await PromptPolicy.measureStop(generator, settings));
  }

  /** The token that ends prompts of several lengths, lifted so that texts of the LM have lengths of the whole range. */
  private static async measureStop(generator: Generator, settings: TrainerSettings): Promise<StopToken | undefined> {
    const { promptLength, minPromptLength = promptLength, seed } = settings;
    if (minPromptLength === promptLength) return undefined;
    const stop = { tokenId: stopTokenOf(generator), lift: 0 };
    const full = { ...settings, minPromptLength: undefined };
    const lm = await PromptPolicy.assemble(generator, full, { maskedInLoss: true, frozen: true }, stop);
    try {
      const texts = await lm.sample(MEASURED_TEXTS, Rng.create(seed, 'endings'));
      const first = (lm.given.length + minPromptLength) * generator.hiddenStates.hiddenSize;
      const states = joinRows(texts.map(({ trace }) => trace.hidden.subarray(first)));
      const share = 2 / (promptLength - minPromptLength + 2);
      return { ...stop, lift: await liftFor(lm.head, states, stop.tokenId, share) };
    } finally {
      await lm.dispose();
    }
  }

  private static async assemble(
    generator: Generator,
    settings: TrainerSettings,
    options: PolicyOptions,
    stop: StopToken | undefined,
  ): Promise<PromptPolicy> {
    return new PromptPolicy(await NextTokens.create(generator, settings, options, stop), generator, settings, stop);
  }

  get head(): PolicyHead {
    return this.nextTokens.head;
  }

  /** Draws `count` prompts; the same state of `rng` and parameters gives the same prompts. */
  sample(
    count: number,
    rng: Rng,
    { inputs, ...options }: SamplingOptions & ProposeOptions = {},
  ): Promise<PolicyRollout[]> {
    const { temperature, topP } = this.settings;
    const choose: Choose = (candidates) => sampleTokens(candidates, rng, { temperature, topP, ...options });
    return this.roll(count, choose, { inputs, constrained: true });
  }

  /** The policy as a reader of inputs, where it was set to be one. */
  get conditioned(): ConditionedPolicy | undefined {
    if (!this.settings.inputConditioned) return undefined;
    return {
      promptsFor: (inputs, arrays) => this.greedyFor(inputs, arrays && unnamed('policy', arrays)),
      parameters: () => named('policy', this.head.parameters),
      readsWhole: (input) => !this.prefix.of(input).isCut,
    };
  }

  /** The tokens that may follow each of some beginnings of prompts, of any lengths. */
  async after(beginnings: readonly (readonly number[])[]): Promise<Candidates> {
    const step = await this.generator.hiddenStates.begin(
      beginnings.map((tokens) => [...this.prefix.of(undefined).tokenIds, ...tokens]),
    );
    step.state.dispose();
    return this.nextTokens.candidates(step.hidden);
  }

  /** The prompt of the likeliest token at each position. */
  async greedy(): Promise<PolicyRollout> {
    return onlyOne(await this.roll(1, greedyTokens, { constrained: true }));
  }

  /** The hidden states that a given prompt passes through; one that is not full is ended. */
  async follow(tokenIds: readonly number[]): Promise<PolicyRollout> {
    const actions = this.ends?.actionsOf(tokenIds) ?? tokenIds;
    const given = actions.map((tokenId) => [tokenId]).values();
    const next: Choose = () => {
      const one = Float32Array.of(0);
      return { tokenIds: given.next().value ?? [], logProbs: one, samplingLogProbs: one };
    };
    return onlyOne(await this.roll(1, next, { length: actions.length }));
  }

  /** The hidden states before each token of some prompts of any lengths, [time, hiddenSize] each; nothing is sampled. */
  async statesAlong(prompts: readonly (readonly number[])[]): Promise<Float32Array[]> {
    const { hiddenStates } = this.generator;
    const { hiddenSize } = hiddenStates;
    const states = prompts.map(({ length }) => new Float32Array(length * hiddenSize));
    const longest = prompts.reduce((most, { length }) => Math.max(most, length), 0);
    for (let time = 0; time < longest; time++) {
      const rows = [...zip(prompts, states)].filter(([{ length }]) => time < length);
      const step = await hiddenStates.begin(
        rows.map(([prompt]) => [...this.prefix.of(undefined).tokenIds, ...prompt.slice(0, time)]),
      );
      step.state.dispose();
      for (const [i, [, state]] of rows.entries()) {
        state.set(step.hidden.subarray(i * hiddenSize, (i + 1) * hiddenSize), time * hiddenSize);
      }
    }
    return states;
  }

  /** Whether this policy may draw each of some tokens. */
  admits(tokenIds: readonly number[]): boolean {
    return this.nextTokens.admits(tokenIds);
  }

  dispose(): Promise<unknown> {
    return this.nextTokens.dispose();
  }

  private async greedyFor(inputs: readonly string[], parameters?: MlpParameters): Promise<PolicyRollout[]> {
    const rollouts: PolicyRollout[] = [];
    for (let start = 0; start < inputs.length; start += INPUTS_AT_ONCE) {
      const some = inputs.slice(start, start + INPUTS_AT_ONCE);
      rollouts.push(
        ...(await this.roll(some.length, greedyTokens, {
          inputs: some,
          constrained: true,
          ...(parameters && { parameters }),
        })),
      );
    }
    return rollouts;
  }

  private async roll(
    count: number,
    choose: Choose,
    { inputs, parameters, constrained = false, ...options }: RollOptions = {},
  ): Promise<PolicyRollout[]> {
    const given = constrained ? this.given : [];
    const length = options.length ?? given.length + this.settings.promptLength;
    const { hiddenStates, tokenizer } = this.generator;
    const { hiddenSize } = hiddenStates;
    const rows = Array.from({ length: count }, (_, row) => ({
      input: inputs?.[row],
      tokenIds: [] as number[],
      hidden: new Float32Array(length * hiddenSize),
      samplingLogProbs: new Float32Array(length),
      /** Where the prompt has ended, the stop token included. */
      steps: Number.POSITIVE_INFINITY,
    }));
    let step: HiddenStep = await hiddenStates.begin(rows.map(({ input }) => this.prefix.of(input).tokenIds));
    for (let time = 0; time < length; time++) {
      const forced = given[time];
      const mayStop = this.ends?.mayEndAt(time) ?? false;
      const prompts = rows.map(({ steps, tokenIds }) => (steps < time ? undefined : tokenIds));
      const { tokenIds, samplingLogProbs } =
        forced === undefined
          ? this.filter.choose(
              await this.nextTokens.candidates(step.hidden, { parameters, mayStop }),
              choose,
              constrained ? prompts : [],
            )
          : { tokenIds: new Array<number>(count).fill(forced), samplingLogProbs: new Float32Array(count) };
      for (const [i, [row, [tokenId, logProb]]] of [...zip(rows, zip(tokenIds, samplingLogProbs))].entries()) {
        if (row.steps <= time) continue;
        row.hidden.set(step.hidden.subarray(i * hiddenSize, (i + 1) * hiddenSize), time * hiddenSize);
        row.samplingLogProbs[time] = logProb;
        if (mayStop && tokenId === this.ends?.stop.tokenId) row.steps = time + 1;
        else row.tokenIds.push(tokenId);
      }
      if (time + 1 === length || rows.every(({ steps }) => steps <= time + 1)) break;
      step = await hiddenStates.advance(step.state, tokenIds);
    }
    step.state.dispose();
    return rows.map(({ input, tokenIds, hidden, samplingLogProbs, steps }) => ({
      tokenIds,
      text: tokenizer.decode(tokenIds).trim(),
      trace: {
        hidden: steps < length ? hidden.slice(0, steps * hiddenSize) : hidden,
        samplingLogProbs: steps < length ? samplingLogProbs.slice(0, steps) : samplingLogProbs,
      },
      ...(input === undefined ? {} : { input }),
    }));
  }
}

function onlyOne([rollout]: readonly PolicyRollout[]): PolicyRollout {
  if (!rollout) throw new TypeError('no prompt was drawn');
  return rollout;
}

function notAllowed(text: string): RlpromptError {
  return new RlpromptError({
    code: 'E_TOKEN_MASK',
    exit: 'config',
    message: `${JSON.stringify(text)} has tokens that a prompt may not hold`,
    where: '--must-contain',
    next: 'choose another text, or allow its characters with --tokens all',
  });
}
