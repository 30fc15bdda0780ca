import type { Demonstration } from '../classifier/classifier.js';
import { classifierOf } from '../classifier/classifier-of.js';
import { demonstratedTemplate } from '../classifier/demonstrated-template.js';
import { RlpromptError } from '../errors.js';
import { countOf } from '../group-digits.js';
import { shellWord } from '../shell-word.js';
import { parseTemplate } from '../template/parse-template.js';
import { renderSegments } from '../template/render-template.js';
import type { ExportedPrompt, RenderedPart } from './contract/exported-prompt.js';
import type { RunRecord } from './run-record.js';

/**
 * A prompt of a run as every export format takes it.
 * @param rank from 1, the best
 * @throws RlpromptError E_RANK where the run has no such prompt
 */
export function exportPrompt(record: RunRecord, rank: number, version: string): ExportedPrompt {
  const { start, manifest, result, prompts } = record;
  const prompt = prompts[rank - 1];
  if (!prompt) throw noSuchRank(record, rank);
  if (prompt.policy) throw notOnePrompt(record);
  const classifier = start.kind === 'classification' ? classifierOf(prompt, start) : undefined;
  const { demonstrations = [] } = classifier ?? {};
  const isChosen = prompt.text === result?.best.prompt;
  return {
    schemaVersion: 1,
    kind: 'prompt',
    task: start.task,
    taskKind: start.kind,
    prompt: prompt.text,
    tokenIds: prompt.tokenIds,
    tokens: prompt.tokens,
    template: start.template,
    labels: start.labels.map((name, i) => ({ name, word: start.labelWords?.[i] ?? name })),
    ...(classifier ? { classifier } : {}),
    ...(start.normalise ? { normalise: start.normalise } : {}),
    ...(typeof manifest.config.truncate === 'string' ? { truncate: manifest.config.truncate } : {}),
    ...(typeof manifest.config.textColumn === 'string' ? { textColumn: manifest.config.textColumn } : {}),
    ...(typeof manifest.config.dtype === 'string' ? { dtype: manifest.config.dtype } : {}),
    ...(prompt.labelOffsets ? { labelOffsets: prompt.labelOffsets } : {}),
    rendered: renderParts(start.template, { input: 'x', prompt: prompt.text }, demonstrations),
    renderedWithoutInput: renderParts(start.template, { input: '', prompt: prompt.text }, demonstrations),
    generator: start.generator,
    target: start.targetLm,
    trainer: start.trainer,
    seed: start.seed,
    step: prompt.step,
    rank,
    reward: prompt.reward,
    metric: start.metric,
    metrics: {
      train: prompt.train,
      ...(prompt.dev ? { dev: prompt.dev } : {}),
      ...(prompt.refit ? { refit: prompt.refit } : {}),
      ...(isChosen ? { test: result.best.test } : {}),
    },
    run: record.runDir,
    created: manifest.created,
    digests: manifest.digests,
    tool: `rlprompt@${version}`,
  };
}

/** What a template makes of a prompt, with the places of input and mask left open and demonstrations before it. */
export function renderParts(
  source: string,
  values: { input: string; prompt: string },
  demonstrations: readonly Demonstration[] = [],
): RenderedPart[] {
  const isMasked = /\{mask\}/.test(source.replaceAll('{{', ''));
  const template = demonstratedTemplate(
    parseTemplate(source, { family: isMasked ? 'masked' : 'causal' }),
    demonstrations,
  );
  const parts: RenderedPart[] = [];
  for (const { kind, text } of renderSegments(template, { ...values, mask: 'x' })) {
    const before = parts.at(-1);
    if (text === '') continue;
    if (kind === 'input' || kind === 'mask') parts.push({ slot: kind });
    else if (typeof before === 'string') parts[parts.length - 1] = before + text;
    else parts.push(text);
  }
  return parts;
}

function notOnePrompt({ runDir }: RunRecord): RlpromptError {
  return new RlpromptError({
    code: 'E_EXPORT_POLICY',
    exit: 'usage',
    message: 'the run found no prompt but a policy that writes one for each input',
    where: runDir,
    kept: 'the run is unchanged',
    next: `a table of inputs and prompts: rlprompt export ${shellWord(runDir)} --format csv; on your own data: rlprompt eval DATA --policy ${shellWord(runDir)}`,
  });
}

function noSuchRank({ prompts, runDir }: RunRecord, rank: number): RlpromptError {
  return new RlpromptError({
    code: 'E_RANK',
    exit: 'usage',
    message: `the run has ${countOf(prompts.length, 'prompt')}, there is no rank ${rank}`,
    where: '--rank',
    next: `rlprompt top ${shellWord(runDir)}`,
  });
}
