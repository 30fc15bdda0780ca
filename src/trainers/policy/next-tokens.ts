import { type MlpParameters, zeroParameters } from '../../policy/parameters/mlp-parameters.js';
import { PolicyHead } from '../../policy/policy-head.js';
import type { StopToken } from '../../policy/policy-head-types.js';
import type { Candidates } from '../../policy/sampling.js';
import { allowedTokens, maskBias } from '../../policy/token-mask.js';
import type { Generator, TrainerSettings } from '../contract/settings.js';

export interface PolicyOptions {
  /** Takes forbidden tokens out of the policy altogether, not only when sampling as the reference does. */
  readonly maskedInLoss: boolean;
  /** The frozen LM's own policy, without an MLP. */
  readonly frozen?: boolean;
}

/** Where only the LM's likeliest tokens may be chosen: its own head, and how many. */
interface Fluency {
  readonly head: PolicyHead;
  readonly topK: number;
}

interface CandidateOptions {
  readonly parameters?: MlpParameters | undefined;
  readonly mayStop?: boolean;
}

/** Any logit at or below this was masked. */
export const MASKED = -1e8;

/** Which tokens a policy may choose next, and how likely it finds each. */
export class NextTokens {
  private readonly stoppingMask: Float32Array | undefined;

  private constructor(
    readonly head: PolicyHead,
    private readonly samplingMask: Float32Array,
    private readonly topK: number,
    private readonly fluency: Fluency | undefined,
    stop: StopToken | undefined,
  ) {
    this.stoppingMask = stop && samplingMask.with(stop.tokenId, 0);
  }

  static async create(
    { hiddenStates, tokenizer }: Generator,
    settings: TrainerSettings,
    options: PolicyOptions,
    stop: StopToken | undefined,
  ): Promise<NextTokens> {
    const { hiddenSize, vocabularySize } = hiddenStates;
    const { seed, logitBias, fluentTopK } = settings;
    const innerSize = options.frozen ? 1 : settings.innerSize;
    const allowed = await allowedTokens(tokenizer, { width: vocabularySize, characters: settings.tokens });
    const mask = maskBias(allowed);
    const { weights, bias } = await hiddenStates.head();
    const shared = {
      hiddenSize,
      innerSize,
      vocabularySize,
      headWeights: weights,
      headBias: bias,
      tokenBias: options.maskedInLoss ? mask : undefined,
      stop,
      session: { threads: settings.threads },
    };
    const lmOnly = { ...shared, parameters: zeroParameters(shared), priorWeight: 1 };
    const head = await PolicyHead.create(
      options.frozen
        ? lmOnly
        : { ...shared, seed, parameters: settings.start?.parameters, logitBias, priorWeight: settings.priorBeta },
    );
    const fluency = fluentTopK ? { head: await PolicyHead.create(lmOnly), topK: fluentTopK } : undefined;
    return new NextTokens(head, mask, settings.topK, fluency, stop);
  }

  /** Whether each of some tokens may be drawn. */
  admits(tokenIds: readonly number[]): boolean {
    return tokenIds.every((id) => this.samplingMask[id] === 0);
  }

  /** @param hidden [rows, hiddenSize] */
  async candidates(
    hidden: Float32Array,
    { parameters = this.head.parameters, mayStop = false }: CandidateOptions = {},
  ): Promise<Candidates> {
    const { topK, fluency } = this;
    const mask = (mayStop && this.stoppingMask) || this.samplingMask;
    if (!fluency) return this.head.candidates(hidden, { topK, mask, mayStop, parameters });
    const fluent = await fluency.head.candidates(hidden, { topK: fluency.topK, mask, mayStop });
    const all = await this.head.candidates(hidden, { mask, mayStop, parameters });
    return narrowed(all, fluent);
  }

  dispose(): Promise<unknown> {
    return Promise.all([this.head.dispose(), this.fluency?.head.dispose()]);
  }
}

/** The policy's own logits of the candidates that `chosen` names; masked ones stay masked. */
function narrowed(all: Candidates, chosen: Candidates): Candidates {
  const { tokenIds } = chosen;
  if (!tokenIds) return all;
  const logits = chosen.logits.map((logit, cell) => {
    const id = tokenIds[cell];
    return logit <= MASKED || id === undefined
      ? logit
      : (all.logits[Math.floor(cell / chosen.width) * all.width + id] ?? logit);
  });
  return { ...chosen, logits, values: all.values };
}
