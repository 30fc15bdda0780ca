import { createHash } from 'node:crypto';
import { z } from 'zod';
import { RlpromptError } from '../errors.js';
import { readText } from '../files/read/read-file.js';
import { strictJson } from '../files/strict-json.js';
import { atomicWrite } from '../files/write/atomic-write.js';
import { plainIssue } from '../plain-issue.js';
import { Rng } from '../random/rng.js';
import { dot } from '../statistics/dot.js';
import { largest, smallest } from '../statistics/extremes.js';
import { fitBradleyTerry, pairAccuracy, type RankedFeatures } from './bradley-terry.js';
import { pooledStates, type StateSource } from './pooled-states.js';
import { pairsOf, type Ranking, setKey } from './ranking.js';

/** Beyond this a reward is not a finite number any more. */
const LARGEST = 1e30;
const number = z.number().min(-LARGEST).max(LARGEST);
const vector = z.array(number);

const fields = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('reward-model'),
  lm: z.string(),
  lmDigest: z.string(),
  centre: vector,
  scale: z.array(z.number().min(1e-30).max(LARGEST)),
  weights: vector,
  offset: number,
  range: z.tuple([number, number]),
  rankings: z.number().int(),
  heldOut: z.object({
    accuracy: z.number(),
    pairs: z.number().int(),
    rankings: z.number().int(),
    /** Different sets of texts; files of earlier versions do not say it. */
    sets: z.number().int().optional(),
  }),
});

/** A linear reward on pooled hidden states of a frozen LM, fitted to rankings. */
export type RewardModel = z.infer<typeof fields>;

/** A file; those of earlier versions have no digest. */
const schema = fields
  .extend({ digest: z.string().optional() })
  .refine(({ centre, scale, weights }) => centre.length === weights.length && scale.length === weights.length, {
    message: 'centre, scale and weights differ in length',
  })
  .refine(({ digest, ...model }) => digest === undefined || digest === rewardModelDigest(model), {
    message: 'it was changed after it was written',
  })
  .transform(({ digest: _, ...model }): RewardModel => model);

/** A reward model with what measures it, just fitted. */
export type FittedRewardModel = RewardModel & { readonly heldOut: { readonly sets: number } };

/** The share of sets that measures the fit, by folds. */
const FOLDS = 5;
/** Fewer sets than folds leave nothing to measure with. */
const MIN_SETS = FOLDS;

/**
 * Fits a reward model. Its accuracy is that of held-out sets of texts, whose rankings are predicted by a model fitted
 * without any of them (5 folds); the weights are those of all rankings. Rewards are shifted so that the ranked texts have
 * mean 0.
 *
 * @throws RlpromptError `E_RANKING_COUNT` for fewer than 5 sets with a preference
 */
export async function fitRewardModel(
  rankings: readonly Ranking[],
  lm: StateSource & { readonly name: string; readonly digest: string },
  { seed = 0 }: { seed?: number } = {},
): Promise<FittedRewardModel> {
  requireEnoughSets(rankings);
  const used = withPreference(rankings);
  const sets = bySet(used);
  const texts = [...new Set(used.flatMap(({ items }) => items))];
  const states = await pooledStates(lm, texts);
  const { centre, scale } = spreadOf(states);
  const features = new Map(texts.map((text, i) => [text, standardised(states[i], centre, scale)]));
  const ranked = used.map((ranking) => ({
    features: ranking.items.map((item) => features.get(item) ?? new Float64Array(centre.length)),
    pairs: pairsOf(ranking),
  }));
  const heldOut = await crossValidate(ranked, sets, seed);
  const weights = await fitBradleyTerry(ranked);
  const rewards = texts.map((text) => dot(weights, features.get(text) ?? new Float64Array(weights.length)));
  const offset = rewards.reduce((sum, reward) => sum + reward / rewards.length, 0);
  const shifted = rewards.map((reward) => reward - offset);
  return {
    schemaVersion: 1,
    kind: 'reward-model',
    lm: lm.name,
    lmDigest: lm.digest,
    centre: [...centre],
    scale: [...scale],
    weights: [...weights],
    offset,
    range: [smallest(shifted), largest(shifted)],
    rankings: used.length,
    heldOut: { ...heldOut, rankings: used.length, sets: sets.length },
  };
}

/** The rewards of texts, [texts]; 0 is the mean of the texts that were ranked. */
export async function rewardsOf(model: RewardModel, lm: StateSource, texts: readonly string[]): Promise<number[]> {
  const [centre, scale, weights] = [model.centre, model.scale, model.weights].map((v) => Float64Array.from(v));
  if (!centre || !scale || !weights) return [];
  const states = await pooledStates(lm, texts);
  return states.map((state) => dot(weights, standardised(state, centre, scale)) - model.offset);
}

/** sha256 of everything the rewards depend on. */
export function rewardModelDigest(model: RewardModel): string {
  return createHash('sha256').update(strictJson(model)).digest('hex');
}

export function writeRewardModel(path: string, model: RewardModel): void {
  // In the order of the fields, in which it is read.
  const stored = fields.parse(model);
  atomicWrite(path, `${strictJson({ ...stored, digest: rewardModelDigest(stored) })}\n`);
}

function parseRewardModel(path: string) {
  let value: unknown;
  try {
    value = JSON.parse(readText(path));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return schema.safeParse(value);
}

/** Whether a file can be read as a reward model. */
export function isRewardModel(path: string): boolean {
  return parseRewardModel(path).success;
}

/** @throws RlpromptError `E_REWARD_MODEL` where the file is not one */
export function readRewardModel(path: string): RewardModel {
  const parsed = parseRewardModel(path);
  if (parsed.success) return parsed.data;
  throw new RlpromptError({
    code: 'E_REWARD_MODEL',
    exit: 'data',
    message: `not a reward model: ${firstFault(parsed.error)}`,
    where: path,
    kept: 'the file is unchanged',
    next: 'rlprompt preferences fit RANKINGS --model MODEL --out FILE',
  });
}

function firstFault({ issues: [issue] }: z.ZodError): string {
  if (!issue) return 'it cannot be read';
  return isNotThere(issue) ? 'it is not JSON, or was cut short' : plainIssue(issue, 'the file');
}

/** What is no JSON has no value. */
function isNotThere({ path, code, message }: z.core.$ZodIssue): boolean {
  return path.length === 0 && code === 'invalid_type' && message.endsWith('undefined');
}

/** @throws RlpromptError `E_REWARD_MODEL_LM` where the model was fitted on the states of another LM */
export function requireSameLm(model: RewardModel, lm: { readonly name: string; readonly digest: string }): void {
  if (model.lmDigest === lm.digest) return;
  throw new RlpromptError({
    code: 'E_REWARD_MODEL_LM',
    exit: 'config',
    message: `the reward model was fitted on ${model.lm}, but the generator LM is ${lm.name} (its files differ)`,
    where: '--reward-model',
    kept: 'nothing was started',
    next: `--generator ${model.lm}, or fit the reward model on ${lm.name}`,
  });
}

/**
 * For whoever has to load a language model first.
 * @param where the file they are from
 * @throws RlpromptError `E_RANKING_COUNT` for fewer than 5 sets with a preference
 */
export function requireEnoughSets(rankings: readonly Ranking[], where = 'rankings'): void {
  const sets = bySet(withPreference(rankings)).length;
  if (sets < MIN_SETS) throw tooFew(sets, where);
}

function withPreference(rankings: readonly Ranking[]): Ranking[] {
  return rankings.filter((ranking) => pairsOf(ranking).length > 0);
}

/** Positions of the rankings of each set: what several raters say of the same texts is no independent example. */
function bySet(rankings: readonly Ranking[]): number[][] {
  const sets = new Map<string, number[]>();
  for (const [place, ranking] of rankings.entries()) {
    const key = setKey(ranking);
    sets.set(key, [...(sets.get(key) ?? []), place]);
  }
  return [...sets.values()];
}

/** A set is held out with all its rankings, or the model would be asked for what another rater had told it. */
async function crossValidate(
  ranked: readonly RankedFeatures[],
  sets: readonly (readonly number[])[],
  seed: number,
): Promise<{ accuracy: number; pairs: number }> {
  const order = Rng.create(seed, 'examples').shuffled(sets);
  const rankingsOf = (isMeant: (fold: number) => boolean): RankedFeatures[] =>
    order.filter((_, i) => isMeant(i % FOLDS)).flatMap((set) => set.flatMap((place) => ranked[place] ?? []));
  let [right, pairs] = [0, 0];
  for (let fold = 0; fold < FOLDS; fold++) {
    const held = rankingsOf((other) => other === fold);
    const weights = await fitBradleyTerry(rankingsOf((other) => other !== fold));
    const measured = pairAccuracy(({ features }) => features.map((x) => dot(weights, x)), held);
    right += measured.accuracy * measured.pairs;
    pairs += measured.pairs;
  }
  return { accuracy: right / pairs, pairs };
}

function spreadOf(states: readonly Float64Array[]): { centre: Float64Array; scale: Float64Array } {
  const width = states[0]?.length ?? 0;
  const centre = new Float64Array(width);
  const scale = new Float64Array(width);
  for (let j = 0; j < width; j++) {
    const column = states.map((state) => state[j] ?? 0);
    const mean = column.reduce((sum, value) => sum + value / column.length, 0);
    const variance = column.reduce((sum, value) => sum + (value - mean) ** 2 / column.length, 0);
    centre[j] = mean;
    // √width keeps the squared length of a feature vector near 1, whatever the LM, so that one ridge suits all.
    scale[j] = (Math.sqrt(variance) + 1e-6) * Math.sqrt(width);
  }
  return { centre, scale };
}

function standardised(state: Float64Array | undefined, centre: Float64Array, scale: Float64Array): Float64Array {
  return centre.map((mean, j) => ((state?.[j] ?? 0) - mean) / (scale[j] ?? 1));
}

function tooFew(sets: number, where: string): RlpromptError {
  return new RlpromptError({
    code: 'E_RANKING_COUNT',
    exit: 'data',
    message: `too few different sets of texts are ranked with a preference: ${sets}, and at least ${MIN_SETS} are needed`,
    where,
    kept: 'the rankings are unchanged',
    next: 'rank more with "rlprompt rate"',
  });
}
