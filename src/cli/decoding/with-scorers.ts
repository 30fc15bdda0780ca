import type { FrozenLm } from '../../decoding/frozen-lm.js';
import type { WeightedScorer } from '../../decoding/guided-text.js';
import type { LanguageModel } from '../../lm/model/types.js';
import { parseScorer } from '../options/parse-scorer.js';

export interface LmOptions {
  readonly model: string;
  readonly topK: number;
  readonly seed: number;
}

interface ScorerFiles extends LmOptions {
  /** `FILE` or `FILE=WEIGHT`. */
  readonly scorer: readonly string[];
}

/** Reads the scorers' files before the model, which takes longer. */
export async function withScorers(
  options: ScorerFiles,
  use: (lm: FrozenLm, scorers: readonly WeightedScorer[]) => Promise<void>,
): Promise<void> {
  const { readScorer, scorerFor } = await import('../../decoding/prefix-scorer.js');
  const saved = options.scorer.map(parseScorer).map(({ file, weight }) => ({ file: readScorer(file), weight }));
  await withLm(options, (lm, { name, digest }) => {
    const known = { name, digest, featureSize: lm.featureSize };
    return use(
      lm,
      saved.map(({ file, weight }) => ({ scorer: scorerFor(file, known), weight })),
    );
  });
}

export async function withLm(
  { model: name, topK }: LmOptions,
  use: (lm: FrozenLm, model: LanguageModel) => Promise<void>,
): Promise<void> {
  const [{ loadLanguageModel }, { stateSourceOf }, { FrozenLm: Frozen }] = await Promise.all([
    import('../../lm/load.js'),
    import('../../preferences/pooled-states.js'),
    import('../../decoding/frozen-lm.js'),
  ]);
  const model = await loadLanguageModel(name);
  let lm: FrozenLm | undefined;
  try {
    lm = await Frozen.create(stateSourceOf(model), topK);
    await use(lm, model);
  } finally {
    await lm?.dispose();
    await model.dispose();
  }
}
