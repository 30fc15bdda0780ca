import * as z from 'zod';
import { RlpromptError } from '../../errors.js';
import { requireCapability } from '../../lm/load.js';
import type { LanguageModel } from '../../lm/model/types.js';
import { plainIssue } from '../../plain-issue.js';
import { softmax } from '../../statistics/softmax.js';
import type { LmQuestion } from '../../task/define/reward-messages.js';
import { parseTemplate } from '../../template/parse-template.js';
import type { Template } from '../../template/template.js';

const texts = z.array(z.string());
const count = z.int().min(1);

const SCORE_LABELS = z.strictObject({
  prompts: texts,
  inputs: texts,
  labels: z.array(z.string().min(1)).min(2),
  template: z.string().optional(),
});
const GENERATE = z.strictObject({
  texts,
  maxNewTokens: count.max(4096),
  stop: z.string().min(1).optional(),
  temperature: z.number().min(0).optional(),
  samples: count.max(1024).optional(),
});

/** Answers what a custom reward asks the target LM, which lives in this process and not in the reward's. */
export class RewardLanguageModel {
  constructor(
    private readonly targetLm: LanguageModel,
    private readonly template: Template,
  ) {}

  /** @throws RlpromptError E_PLUGIN_REQUEST, E_MODEL_CAPABILITY, E_VERBALIZER_… */
  async answer({ kind, request, seed }: LmQuestion): Promise<unknown> {
    if (kind === 'scoreLabels') return await this.scoreLabels(checked(kind, SCORE_LABELS, request));
    if (kind === 'generate') return await this.generate(checked(kind, GENERATE, request), seed);
    return await this.embed(checked(kind, texts, request));
  }

  /** Probabilities, [prompts][inputs][labels]. */
  private async scoreLabels(request: z.output<typeof SCORE_LABELS>): Promise<number[][][]> {
    const { prompts, inputs } = request;
    const scorer = requireCapability(this.targetLm, 'labelScores');
    const family = this.targetLm.family === 'masked' ? 'masked' : 'causal';
    const template = request.template === undefined ? this.template : parseTemplate(request.template, { family });
    const labels = scorer.resolveLabels(
      template,
      request.labels.map((word) => ({ label: word, word })),
    );
    const rows = prompts.flatMap((_, p) => inputs.map((_input, i) => [p, i] as const));
    const asked = { prompts: prompts.map((prompt) => prompt.trim()), inputs: inputs.map((input) => input.trim()) };
    const scores = await scorer.labelScores({ ...asked, template, labels, rows, normalise: 'none' });
    const width = labels.length;
    const at = (p: number, i: number): number => (p * inputs.length + i) * width;
    return prompts.map((_, p) => inputs.map((_input, i) => softmax(scores.subarray(at(p, i), at(p, i) + width))));
  }

  /** Continuations, [texts][samples]; temperature 0, the default, takes the likeliest token each time. */
  private async generate(request: z.output<typeof GENERATE>, seed: number): Promise<string[][]> {
    const { maxNewTokens, stop, temperature = 0, samples = 1 } = request;
    const generations = await requireCapability(this.targetLm, 'generate').generate({
      prefixes: request.texts,
      samplesPerPrefix: samples,
      maxNewTokens,
      stop,
      topK: temperature === 0 ? 1 : 0,
      topP: 1,
      temperature: temperature === 0 ? 1 : temperature,
      seed,
    });
    return generations.map((list) => list.map(({ text }) => text));
  }

  /** The mean of each text's token vectors, scaled to length 1: a dot product is then a cosine. */
  private async embed(request: readonly string[]): Promise<number[][]> {
    const model = requireCapability(this.targetLm, 'embed');
    const embedded = await model.embedTokens(request);
    return embedded.map(({ tokenIds, vectors }) => meanDirection(vectors, tokenIds.length, model.embeddingSize));
  }
}

function checked<Schema extends z.ZodType>(kind: string, schema: Schema, request: unknown): z.output<Schema> {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => plainIssue(issue, 'the argument'));
  throw new RlpromptError({
    code: 'E_PLUGIN_REQUEST',
    exit: 'internal',
    message: `context.${kind} was called wrongly: ${issues.slice(0, 5).join('; ')}`,
    next: 'correct the call in the task file',
  });
}

function meanDirection(vectors: Float32Array, count: number, size: number): number[] {
  const sums = new Array<number>(size).fill(0);
  for (let i = 0; i < count * size; i++) sums[i % size]! += vectors[i]!;
  const length = Math.hypot(...sums);
  return length === 0 ? sums : sums.map((value) => value / length);
}
