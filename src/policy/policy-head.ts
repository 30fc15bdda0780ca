import { REPORT_IT, RlpromptError } from '../errors.js';
import { int64Numbers } from '../lm/onnx/run/int64.js';
import { LARGE_BYTES } from '../lm/onnx/runtime/shared-memory.js';
import { gatherRows } from '../statistics/gather-rows.js';
import { joinRows } from '../statistics/join-rows.js';
import { pick } from '../statistics/pick.js';
import {
  checkLength,
  checkParameters,
  initialParameters,
  type MlpParameters,
  type MlpShape,
  PARAMETER_NAMES,
  zeroParameters,
} from './parameters/mlp-parameters.js';
import { type Biases, biasesOf, biasesWithStop } from './policy-biases.js';
import type { Regulariser } from './policy-graphs.js';
import type {
  CallOptions,
  GradientWeights,
  LogProbs,
  PolicyEvaluation,
  PolicyHeadOptions,
  StepOptions,
} from './policy-head-types.js';
import { type PolicyFeeds, type PolicyGraphName, PolicySessions } from './policy-sessions.js';
import type { Candidates } from './sampling.js';

type GraphOutputs = Readonly<Record<string, Float32Array | BigInt64Array>>;

/** Bounds the memory of [rows, vocabulary] intermediates: 16 prompts of 5 tokens at once, 16 MB each for 49,152 tokens. */
const LARGEST_CHUNK = 80;
const NO_BIAS = new Float32Array(1);

/**
 * The trainable end of the policy (RLPrompt, arXiv 2205.12548, section 2.3): logits = (MLP(h) + β h) · head + bias, where h is the frozen
 * generator LM's hidden state and the MLP is two linear layers with a ReLU between.
 */
export class PolicyHead {
  private readonly biases: Biases;
  /** Those of steps where the stop token may come. */
  private readonly stopBiases: Biases | undefined;
  private readonly sessions: PolicySessions;

  private constructor(
    readonly shape: MlpShape & { readonly vocabularySize: number },
    /** The policy's parameters, to be updated in place. */
    readonly parameters: MlpParameters,
    readonly priorWeight: number,
    private readonly head: Float32Array,
    options: PolicyHeadOptions,
  ) {
    this.biases = biasesOf(options);
    this.stopBiases = options.stop && biasesWithStop(options, options.stop);
    // Every graph would keep the memory of its logits otherwise, and each call would block the main thread.
    const isLarge = head.byteLength >= LARGE_BYTES;
    this.sessions = new PolicySessions({ returnsMemory: isLarge, inThread: isLarge, ...options.session });
  }

  /** @throws RlpromptError E_POLICY_SHAPE */
  static async create(options: PolicyHeadOptions): Promise<PolicyHead> {
    const { hiddenSize, innerSize, vocabularySize, headWeights, headBias, tokenBias, seed = 0 } = options;
    const shape = { hiddenSize, innerSize, vocabularySize };
    checkLength('headWeights', headWeights, hiddenSize * vocabularySize);
    if (headBias) checkLength('headBias', headBias, vocabularySize);
    if (tokenBias) checkLength('tokenBias', tokenBias, vocabularySize);
    if (options.parameters) checkParameters(options.parameters, shape);
    const parameters = options.parameters ? floatCopies(options.parameters) : await initialParameters(shape, seed);
    return new PolicyHead(shape, parameters, options.priorWeight ?? 0, floats(headWeights), options);
  }

  /** log π and V of chosen tokens. hidden [n, hiddenSize], actions [n]. */
  async logProbs(hidden: ArrayLike<number>, actions: readonly number[], options: StepOptions = {}): Promise<LogProbs> {
    const output = await this.runSteps('logProbs', floats(hidden), actions, options);
    return { logProbs: output('logProbs'), values: output('values') };
  }

  /**
   * log p_LM of chosen tokens under the frozen LM (`tokenBias` taken in, so normalised over the allowed tokens), and the logsumexp of its
   * logits. It never changes: compute once for each rollout.
   */
  async lmLogProbs(
    hidden: ArrayLike<number>,
    actions: readonly number[],
    options: Pick<StepOptions, 'mayStop'> = {},
  ): Promise<LogProbs> {
    const { mayStop } = options;
    const output = await this.runSteps('lmLogProbs', floats(hidden), actions, { mayStop });
    return { logProbs: output('logProbs'), values: output('values') };
  }

  /**
   * log π, V and entropy, and whatever gradients will need: one pass over the vocabulary forwards and one back, before the
   * loss is known. `gradients` of the result uses the parameters of this call, so call it before they are updated.
   */
  async evaluate(
    hidden: ArrayLike<number>,
    actions: readonly number[],
    {
      regulariser = 'none',
      parameters = this.parameters,
      mayStop,
    }: StepOptions & { regulariser?: Regulariser | undefined } = {},
  ): Promise<PolicyEvaluation> {
    const name = ({ none: 'evaluation', entropy: 'evaluationWithEntropy', kl: 'evaluationWithKl' } as const)[
      regulariser
    ];
    const states = floats(hidden);
    const output = await this.runSteps(name, states, actions, { parameters, mayStop });
    const columns = {
      mean: output('meanColumns'),
      regulariser: regulariser === 'none' ? undefined : output('regulariserColumns'),
    };
    return {
      logProbs: output('logProbs'),
      values: output('values'),
      entropies: output('entropies'),
      kls: regulariser === 'kl' ? output('kls') : undefined,
      gradients: (weights) => this.backward(states, this.outputGradients(actions, weights, columns), parameters),
    };
  }

  /** Gradients of Σ_n weights[n] · log π(actions[n] | hidden[n]) with respect to the parameters. */
  async gradients(
    hidden: ArrayLike<number>,
    actions: readonly number[],
    weights: ArrayLike<number>,
    options: StepOptions = {},
  ): Promise<MlpParameters> {
    return (await this.evaluate(hidden, actions, options)).gradients({ weights });
  }

  /**
   * The tokens to sample from after each hidden state: the `topK` with the largest logits, or all in the vocabulary's order when `topK` is
   * 0 or left out. `mask` [vocabulary] is added to the logits here only; `values` stay those of the full policy.
   * With `mayStop` the stop token may come at every row.
   */
  async candidates(
    hidden: ArrayLike<number>,
    {
      topK = 0,
      mask,
      mayStop = false,
      parameters = this.parameters,
    }: CallOptions & { topK?: number; mask?: Float32Array; mayStop?: boolean } = {},
  ): Promise<Candidates> {
    const { vocabularySize, hiddenSize } = this.shape;
    const width = topK > 0 ? Math.min(topK, vocabularySize) : vocabularySize;
    if (mask) checkLength('mask', mask, vocabularySize);
    const rows = hidden.length / hiddenSize;
    const feeds = {
      ...this.feeds(floats(hidden), rows, parameters, this.biasesAt(mayStop)),
      mask: vector(mask ?? NO_BIAS),
      topK: { data: BigInt64Array.of(BigInt(width)), dims: [1] },
    };
    const name = width < vocabularySize ? 'sampling' : 'allLogits';
    const { values, candidateLogits, logits, tokenIds } = await this.sessions.run(name, feeds);
    return {
      rows,
      width,
      logits: (candidateLogits ?? logits) as Float32Array,
      values: values as Float32Array,
      tokenIds: tokenIds && int64Numbers(tokenIds as BigInt64Array),
    };
  }

  /** Frees the runtime's memory; the parameters stay usable. */
  dispose(): Promise<void> {
    return this.sessions.dispose();
  }

  /** Gradients with respect to the MLP's output, [n, hidden]. */
  private outputGradients(
    actions: readonly number[],
    { weights, qWeights, regulariserWeights }: GradientWeights,
    columns: { mean: Float32Array; regulariser: Float32Array | undefined },
  ): Float32Array {
    for (const given of [weights, qWeights, regulariserWeights]) {
      if (given) checkLength('weights', given, actions.length);
    }
    const { hiddenSize, vocabularySize } = this.shape;
    const gradients = new Float32Array(actions.length * hiddenSize);
    for (const [row, action] of actions.entries()) {
      const weight = weights?.[row] ?? 0;
      const chosenWeight = weight + (qWeights?.[row] ?? 0);
      const regulariserWeight = columns.regulariser ? (regulariserWeights?.[row] ?? 0) : 0;
      for (let j = 0; j < hiddenSize; j++) {
        const i = row * hiddenSize + j;
        const chosen = this.head[j * vocabularySize + action]!;
        gradients[i] = chosenWeight * chosen - weight * columns.mean[i]!;
        if (regulariserWeight !== 0) gradients[i]! += regulariserWeight * columns.regulariser![i]!;
      }
    }
    return gradients;
  }

  private async backward(
    hidden: Float32Array,
    outputGradients: Float32Array,
    parameters: MlpParameters,
  ): Promise<MlpParameters> {
    const { hiddenSize } = this.shape;
    const rows = hidden.length / hiddenSize;
    if (rows === 0) return zeroParameters(this.shape);
    const results = await this.sessions.run('backward', {
      ...this.feeds(hidden, rows, parameters, this.biases),
      outputGradients: { data: outputGradients, dims: [rows, hiddenSize] },
    });
    const gradient = (name: string) => results[`gradient_${name}`] as Float32Array;
    return { w1: gradient('w1'), b1: gradient('b1'), w2: gradient('w2'), b2: gradient('b2') };
  }

  /** Runs a graph over some steps. @returns its outputs by name, one row a step */
  private async runSteps(
    name: PolicyGraphName,
    hidden: Float32Array,
    actions: readonly number[],
    { parameters = this.parameters, mayStop }: StepOptions,
  ): Promise<(output: string) => Float32Array> {
    const { hiddenSize } = this.shape;
    checkLength('hidden', hidden, actions.length * hiddenSize);
    this.checkActions(actions);
    if (!mayStop) {
      const parts = await this.runInChunks(name, hidden, actions, parameters, this.biases);
      return (output) => joinParts(parts, output);
    }
    checkLength('mayStop', mayStop, actions.length);
    // Steps of one kind are run together: a graph has one bias for all its rows.
    const places = new Array<number>(actions.length);
    const parts: GraphOutputs[] = [];
    let ran = 0;
    for (const kind of [false, true]) {
      const steps = [...actions.keys()].filter((step) => mayStop[step] === kind);
      const states = gatherRows(hidden, steps, hiddenSize);
      parts.push(...(await this.runInChunks(name, states, pick(actions, steps), parameters, this.biasesAt(kind))));
      for (const step of steps) places[step] = ran++;
    }
    return (output) => {
      const rows = joinParts(parts, output);
      return gatherRows(rows, places, rows.length / ran);
    };
  }

  private biasesAt(mayStop: boolean): Biases {
    return (mayStop ? this.stopBiases : undefined) ?? this.biases;
  }

  private async runInChunks(
    name: PolicyGraphName,
    states: Float32Array,
    actions: readonly number[],
    parameters: MlpParameters,
    biases: Biases,
  ): Promise<GraphOutputs[]> {
    const { hiddenSize } = this.shape;
    const parts: GraphOutputs[] = [];
    for (let start = 0; start < actions.length; start += LARGEST_CHUNK) {
      const chosen = BigInt64Array.from(actions.slice(start, start + LARGEST_CHUNK), BigInt);
      const rows = chosen.length;
      const chunk = states.subarray(start * hiddenSize, (start + rows) * hiddenSize);
      const feeds = {
        ...this.feeds(chunk, rows, parameters, biases),
        actions: { data: chosen, dims: [rows, 1] },
      };
      if (name === 'lmLogProbs') feeds.bias = feeds.lmBias;
      parts.push(await this.sessions.run(name, feeds));
    }
    return parts;
  }

  private feeds(hidden: Float32Array, rows: number, parameters: MlpParameters, { policy, lm }: Biases) {
    const { hiddenSize, innerSize, vocabularySize } = this.shape;
    return {
      hidden: { data: hidden, dims: [rows, hiddenSize] },
      w1: { data: parameters.w1, dims: [hiddenSize, innerSize] },
      b1: vector(parameters.b1),
      w2: { data: parameters.w2, dims: [innerSize, hiddenSize] },
      b2: vector(parameters.b2),
      head: { data: this.head, dims: [hiddenSize, vocabularySize] },
      bias: vector(policy),
      lmBias: vector(lm),
      priorWeight: vector(Float32Array.of(this.priorWeight)),
    } satisfies PolicyFeeds;
  }

  private checkActions(actions: readonly number[]): void {
    const wrong = actions.find((id) => !Number.isInteger(id) || id < 0 || id >= this.shape.vocabularySize);
    if (wrong === undefined) return;
    throw new RlpromptError({
      code: 'E_POLICY_ACTION',
      exit: 'internal',
      message: `token id ${wrong} is not one of the head's ${this.shape.vocabularySize}`,
      next: REPORT_IT,
    });
  }
}

function vector(data: Float32Array) {
  return { data, dims: [data.length] };
}

function floats(values: ArrayLike<number>): Float32Array {
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

function floatCopies(given: Readonly<Record<keyof MlpParameters, ArrayLike<number>>>): MlpParameters {
  const copies = PARAMETER_NAMES.map((name) => [name, Float32Array.from(given[name])] as const);
  return Object.fromEntries(copies) as unknown as MlpParameters;
}

function joinParts(parts: readonly GraphOutputs[], name: string): Float32Array {
  const arrays = parts.map((part) => part[name] as Float32Array);
  const [first] = arrays;
  return first && arrays.length === 1 ? first : joinRows(arrays);
}
