import { isDeepStrictEqual } from 'node:util';
import type { Classifier } from '../classifier/classifier.js';
import { currentSettings } from '../config/removed-settings.js';
import { completeRunConfig } from '../config/resolve-run-config.js';
import { evaluatePrompts, type ReadPrompt } from '../evaluate.js';
import { labelText } from '../template/label-text.js';
import { parseTemplate } from '../template/parse-template.js';
import { MESSAGE_BREAK, tailOf } from '../template/template.js';
import { classifiesAsRead } from './classifies-as-read.js';
import type { ExportedPrompt, ReadBack, ReadText, RenderedPart } from './contract/exported-prompt.js';
import { renderParts } from './export-prompt.js';
import type { RunRecord } from './run-record.js';
import { labelReadings, wordsFor } from './text/label-reading.js';
import { mergeParts } from './text/rendered-parts.js';

/** Where a system message ends, kept as a piece of its own. */
const BREAK = new RegExp(`(${MESSAGE_BREAK})`);

/** The dev score of a prompt in its run, and of what was read from its export. */
export interface ExportCheck {
  readonly metric: string;
  readonly inRun: number;
  /** Read by label words that were found again on train and dev, which makes it no measure of the prompt. */
  readonly isRefit?: boolean;
  readonly fromExport: number;
  /** Number of dev examples. */
  readonly n: number;
  /** The language model reads the same text as in the run. */
  readonly isSameText: boolean;
  /** The program in the export gives the labels that its words, weights and offsets stand for. */
  readonly isReadAlike: boolean;
}

/** Scores what a reader of the exported form has in hand on the run's dev split, by the code that scored the run. */
export async function verifyExport(record: RunRecord, exported: ExportedPrompt, back: ReadBack): Promise<ExportCheck> {
  const { classifier } = exported;
  const { template } = record.start;
  const { demonstrations = [] } = classifier ?? {};
  const rendered =
    'prompt' in back ? renderParts(template, { input: 'x', prompt: back.prompt }, demonstrations) : back.rendered;
  const isSameText = isDeepStrictEqual(rendered, exported.rendered);
  // A reward of the task's own is asked about prompts, not about whole texts.
  const given = exported.taskKind === 'custom' && isSameText ? exported.prompt : undefined;
  const alone = given ?? ('prompt' in back ? back.prompt : undefined);
  const asked =
    alone === undefined
      ? askedOf({ readings: labelReadings(exported), ...back, rendered }, template)
      : { template, prompt: { prompt: alone, ...(classifier ? howToRead(classifier) : {}) } };
  const results = await scoreOnDev(record, asked.template, [asked.prompt]);
  const { metric } = exported;
  const [{ evaluation, n }] = results as [(typeof results)[0]];
  return {
    metric,
    inRun: (exported.metrics.refit ?? exported.metrics.dev)?.[metric] ?? Number.NaN,
    fromExport: evaluation.metrics[metric] ?? Number.NaN,
    isRefit: exported.metrics.refit !== undefined,
    n,
    isSameText,
    isReadAlike: 'prompt' in back || (await classifiesAsRead(back.classify, [back.readings ?? []])),
  };
}

/**
 * What is asked of the evaluator to score a whole text, which holds its demonstrations, as its readers do: by the words, weights
 * and offsets beside it.
 */
export function askedOf(
  { rendered, readings = [] }: ReadText,
  source: string,
): { template: string; prompt: ReadPrompt } {
  const { template, prompt } = splitRendered(rendered, source);
  if (readings.length === 0) return { template, prompt: { prompt } };
  const family = /(^|[^{])\{mask\}/.test(template) ? 'masked' : 'causal';
  const words = wordsFor(parseTemplate(template, { family }), readings);
  const offsets = readings.map(({ offset }) => offset);
  return { template, prompt: { prompt, reading: { words, demonstrations: [] }, offsets } };
}

function howToRead({ words, demonstrations, offsets }: Classifier): Omit<ReadPrompt, 'prompt'> {
  return { reading: { words, demonstrations }, ...(offsets ? { offsets } : {}) };
}

/** Scores prompts in a template with the run's settings, by the code that scored the run. */
export async function scoreOnDev({ manifest }: RunRecord, template: string, prompts: readonly (string | ReadPrompt)[]) {
  const config = completeRunConfig({ ...currentSettings(manifest.config), template });
  const { results } = await evaluatePrompts(config, { prompts: [...prompts], split: 'dev', splitsDataFile: true });
  return results;
}

/**
 * A template and a prompt that together render to the parts: the longest literal, without blanks at its ends. Label words
 * follow as they did in the template that the parts are of.
 */
export function splitRendered(parts: readonly RenderedPart[], source: string): { template: string; prompt: string } {
  const pieces = mergeParts(parts).flatMap((part): RenderedPart[] =>
    typeof part === 'string' ? part.split(BREAK) : [part],
  );
  const literals = pieces.filter((piece) => typeof piece === 'string');
  const longest = literals.reduce((a, b) => (b.trim().length > a.trim().length ? b : a), '');
  const prompt = longest.trim();
  const at = pieces.indexOf(longest);
  const template = pieces.map((part, i) => {
    if (typeof part === 'object') return `{${part.slot}}`;
    if (i !== at) return escapeTemplate(part);
    const start = part.indexOf(prompt);
    return `${escapeTemplate(part.slice(0, start))}{prompt}${escapeTemplate(part.slice(start + prompt.length))}`;
  });
  const joined = prompt === '' ? `${template.join('')}{prompt}` : template.join('');
  const [mark = ''] = /^\{(raw|system)\}/.exec(source) ?? [];
  return { template: `${mark}${joined}${labelMark(source, joined)}`, prompt };
}

/** The text before a label word may have become a part of the prompt: where no space is between them, the template says so. */
function labelMark(source: string, split: string): string {
  if (/(^|[^{])\{mask\}/.test(split)) return '';
  const template = parseTemplate(source, { family: 'causal' });
  if (!template.hasLabel && tailOf(template) === '') return '';
  return labelText(template, 'a') === 'a' ? '{label}' : '';
}

function escapeTemplate(text: string): string {
  return text === MESSAGE_BREAK ? '{user}' : text.replace(/[{}]/g, '$&$&');
}
