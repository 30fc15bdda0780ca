import type { Reading } from '../classifier/classifier.js';
import type { Baseline, LabelWordsChangedEvent, PromptSummary, RunEvent, RunStartEvent } from '../events.js';
import { countOf } from '../group-digits.js';
import { formatCost, formatCount, formatRange, formatScore } from './format-values.js';

export type LogLevel = 'info' | 'good' | 'warn' | 'bad';

/** A message of the run, its text still as it came: whoever draws it makes it safe. */
export interface LogEntry {
  readonly step: number;
  readonly level: LogLevel;
  readonly text: string;
}

/** Longer texts say nothing more to a reader and only fill the memory of a long run. */
const LONGEST_QUOTE = 400;
/** Warnings hold what to do at their end. */
const LONGEST_MESSAGE = 2000;
const WORDS_SHOWN = 5;

/** What an event tells a reader, or undefined where it only changes numbers. */
export function describeEvent(event: RunEvent, step: number, metric: string): LogEntry | undefined {
  const entry = (level: LogLevel, text: string): LogEntry => ({ step, level, text });
  switch (event.type) {
    case 'run-start':
      if (event.resumedAtStep !== undefined) return entry('info', `resumed after step ${event.resumedAtStep}`);
      return event.plan && entry('info', describePlan(event.plan));
    case 'baselines-end':
      return entry('info', `baselines on dev: ${event.baselines.map((b) => describeBaseline(b, metric)).join(', ')}`);
    case 'reading-chosen':
      return entry('info', `label words: ${describeReading(event.reading)}`);
    case 'evaluation-end':
      return describeRefit(event.prompts[0], entry);
    case 'best-prompt-updated':
      return entry('good', `new best: ${describeScores(event.prompt, metric)}  ${namePrompt(event.prompt)}`);
    case 'prompt-added':
      return entry('info', `prompt added: ${describeScores(event.prompt, metric)}  ${quote(event.prompt.text)}`);
    case 'label-words-changed':
      return entry('info', describeWordChange(event, metric));
    case 'weights-changed':
      return entry('info', `weights are now ${describeWeights(event.weights)}`);
    case 'prompt-exported':
      return entry('good', `best prompt exported to ${event.file}`);
    case 'warning':
      return entry('warn', [event.message, event.hint].filter(Boolean).join(' · ').slice(0, LONGEST_MESSAGE));
    case 'run-error':
      return entry(
        'bad',
        String(event.error.message ?? event.error.code ?? 'the run failed').slice(0, LONGEST_MESSAGE),
      );
    default:
      return undefined;
  }
}

/** `label words changed: dev accuracy 0.812 to 0.906, train 0.844 to 0.875  “Review:”`. */
function describeWordChange({ prompt, before }: LabelWordsChangedEvent, metric: string): string {
  const between = (split: 'dev' | 'train', name: string): string =>
    before[split] ? `${name} ${formatScore(before[split][metric])} to ${formatScore(prompt[split]?.[metric])}` : '';
  const scores = [between('dev', `dev ${metric}`), between('train', 'train')].filter(Boolean).join(', ');
  return `label words changed: ${scores}  ${namePrompt(prompt)}`;
}

/** `plan: 9,000 to 17,000 forwards, 9,000 to 34,000 requests, …`. */
function describePlan({ forwards, requests, tokens, cost }: NonNullable<RunStartEvent['plan']>): string {
  const counted = [
    { range: forwards, unit: 'forwards' },
    { range: requests, unit: 'requests' },
    { range: tokens, unit: 'tokens' },
  ].flatMap(({ range, unit }) => (range ? [`${formatRange(range, formatCount)} ${unit}`] : []));
  return `plan: ${[...counted, ...(cost ? [`cost ${formatRange(cost, formatCost)}`] : [])].join(', ')}`;
}

/** `ham: question, mention … (20) · spam: FREE … (20); after 4 demonstrations`. */
function describeReading({ words, demonstrations }: Reading): string {
  const sets = words.map(({ label, words: own }) => {
    const more = own.length > WORDS_SHOWN ? ` … (${own.length})` : '';
    return `${label}: ${own.slice(0, WORDS_SHOWN).join(', ')}${more}`;
  });
  const shown = demonstrations.length > 0 ? `; after ${demonstrations.length} demonstrations` : '';
  return `${sets.join(' · ')}${shown}`.slice(0, LONGEST_QUOTE);
}

/** At the end of a run words are found once more: those that exports and `top` have are not the words of the log's beginning. */
function describeRefit(
  best: PromptSummary | undefined,
  entry: (level: LogLevel, text: string) => LogEntry,
): LogEntry | undefined {
  if (!best?.refit || !best.reading) return undefined;
  return entry('info', `label words chosen again, on train and dev rows together: ${describeReading(best.reading)}`);
}

/** `task 1, fluency 0.5`. */
function describeWeights(weights: Readonly<Record<string, number>>): string {
  return Object.entries(weights)
    .map(([name, weight]) => `${name} ${weight}`)
    .join(', ');
}

/** `dev accuracy 0.906, train 0.875`. */
export function describeScores(prompt: PromptSummary, metric: string): string {
  const train = `train ${prompt.dev ? '' : `${metric} `}${formatScore(prompt.train[metric])}`;
  return prompt.dev ? `dev ${metric} ${formatScore(prompt.dev[metric])}, ${train}` : train;
}

/** The text in quotation marks; of a policy, how many prompts it writes and the most frequent. */
export function namePrompt({ text, policy }: Pick<PromptSummary, 'text' | 'policy'>): string {
  if (!policy) return text === '' ? 'no prompt' : quote(text);
  if (policy.prompts === 1) return `policy, for every dev input ${quote(text)}`;
  return `policy of ${countOf(policy.prompts, 'prompt')}, mostly ${quote(text)}`;
}

/** A text in quotation marks, cut where it is very long. */
export function quote(text: string): string {
  return `“${text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text}”`;
}

function describeBaseline(baseline: Baseline, metric: string): string {
  const name = baseline.name === 'empty' ? 'no prompt' : quote(baseline.prompt);
  return `${name} ${formatScore(baseline.dev[metric])}`;
}
