import type { GenerateCapability, Generation, Tokenizer } from '../../lm/model/types.js';
import { bertScore } from '../../metrics/bert-score.js';
import { zip } from '../../statistics/zip.js';
import type { Example } from '../../task/types.js';
import { renderTemplate } from '../../template/render-template.js';
import type { Template } from '../../template/template.js';
import type { StyleJudges } from './style-models.js';
import { relativeFluency, type SampledOutput, type TextLogProb } from './style-quality.js';

/** One prompt and the input that is rewritten with it. */
export interface StylePair {
  readonly prompt: string;
  readonly example: Example;
}

export interface SamplingSettings {
  readonly seed: number;
  /** Outputs of which the best counts. */
  readonly samples: number;
  /** How often the best of `samples` is taken. */
  readonly bootstraps: number;
}

/** The candidates for the next token of an output, as published. */
const OUTPUT_TOP_K = 10;
/** What follows the rewritten text where the target LM keeps to the template. */
const STOP = '"';
/** The first word of a text is predicted too: it follows a line break. */
const BEFORE_TEXT = '\n';

/** Rewrites the input of each pair: [pairs][bootstraps · samples]. */
export async function writeOutputs(
  targetLm: { readonly generate: GenerateCapability; readonly tokenizer: Tokenizer | undefined },
  template: Template,
  pairs: readonly StylePair[],
  settings: SamplingSettings,
  signal?: AbortSignal,
): Promise<Generation[][]> {
  return await targetLm.generate.generate({
    prefixes: pairs.map(({ prompt, example }) => renderTemplate(template, { prompt, input: example.text })),
    isRaw: template.isRaw,
    hasSystem: template.hasSystem,
    samplesPerPrefix: settings.samples * settings.bootstraps,
    maxNewTokens: pairs.map(({ example }) => lengthLimit(example.text, targetLm.tokenizer)),
    stop: STOP,
    topK: OUTPUT_TOP_K,
    topP: 1,
    temperature: 1,
    seed: settings.seed,
    signal,
  });
}

/** Half as long again as the input, and a few tokens for the short ones. */
function lengthLimit(input: string, tokenizer: Tokenizer | undefined): number {
  const tokens = tokenizer?.encode(input).length ?? Math.ceil(input.length / 3);
  return Math.ceil(1.5 * tokens) + 8;
}

/** Content and style of every output: [pairs][outputs]. Each distinct text is embedded and classified once. */
export async function judgeOutputs(
  judges: StyleJudges,
  pairs: readonly StylePair[],
  generations: readonly (readonly Generation[])[],
): Promise<SampledOutput[][]> {
  const outputs = generations.map((samples) => samples.map(toOutput));
  const texts = [...new Set(outputs.flat().flatMap(({ fault, text }) => (fault === undefined ? [text] : [])))];
  const styles = byText(texts, texts.length === 0 ? [] : await judges.style.probabilities(texts));
  const embedded = [...new Set([...pairs.map(({ example }) => example.text), ...texts])];
  const vectors = byText(embedded, await judges.content.embedTokens(embedded));
  const size = judges.content.embeddingSize;
  return [...zip(outputs, pairs)].map(([samples, { example }]) => {
    const reference = vectors.get(example.text);
    return samples.map((output) => {
      const own = vectors.get(output.text);
      if (output.fault !== undefined || !own || !reference) return output;
      const { f1 } = bertScore({ vectors: own.vectors, size }, { vectors: reference.vectors, size });
      const style = styles.get(output.text)?.[example.label ?? 0] ?? 0;
      return { ...output, content: Math.min(1, Math.max(0, f1)), style };
    });
  });
}

function toOutput({ text, stopped }: Generation): SampledOutput {
  const trimmed = text.trim();
  const fault = !stopped ? 'cut' : trimmed === '' ? 'empty' : undefined;
  return { text: trimmed, fault, content: 0, style: 0 };
}

/** Log-probabilities and fluency of outputs against their inputs, in the order of the outputs. */
export async function judgeFluency(
  judges: StyleJudges,
  outputs: readonly { readonly text: string; readonly input: string; readonly isFaulty: boolean }[],
): Promise<(TextLogProb & { readonly fluency: number })[]> {
  const judged = outputs.filter(({ isFaulty }) => !isFaulty);
  const texts = [...new Set(judged.flatMap(({ text, input }) => [text, input]))];
  const logProbs = byText(texts, await judges.fluency.textLogProbs(texts.map((text) => `${BEFORE_TEXT}${text}`)));
  return outputs.map(({ text, input, isFaulty }) => {
    const [own, ofInput] = [logProbs.get(text), logProbs.get(input)];
    if (isFaulty || !own || !ofInput) return { logProb: 0, tokenCount: 0, fluency: 0 };
    return { ...own, fluency: relativeFluency(own, ofInput) };
  });
}

function byText<Value>(texts: readonly string[], values: readonly Value[]): Map<string, Value> {
  return new Map(zip(texts, values));
}
