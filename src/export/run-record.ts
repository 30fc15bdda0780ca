import { RlpromptError } from '../errors.js';
import {
  chosenKey,
  type PromptSummary,
  promptKey,
  type RunEvent,
  type RunResult,
  type RunStartEvent,
} from '../events.js';
import { compareCandidates, splitShares } from '../run/select/selection.js';
import { readEvents } from '../run/store/logs/event-log.js';
import { requireRun } from '../run/store/run-folder.js';
import { type RunManifest, readManifest } from '../run/store/run-manifest.js';
import { shellWord } from '../shell-word.js';
import { isNonEmpty, type NonEmpty } from '../statistics/non-empty.js';

/** What a run has found so far, read from its folder. */
export interface RunRecord {
  readonly runDir: string;
  readonly manifest: RunManifest;
  readonly start: RunStartEvent;
  /** Prompts with dev scores, best first: the chosen one stands at the top once the run is finished. */
  readonly prompts: NonEmpty<PromptSummary>;
  readonly result: RunResult | undefined;
}

/**
 * Reads a run, finished or under way, without locking it.
 * @throws RlpromptError E_RUN_NOT_FOUND, E_NOT_A_RUN, E_MANIFEST, or E_NO_PROMPTS before the first evaluation.
 */
export function readRunRecord(runDir: string): RunRecord {
  requireRun(runDir);
  const manifest = readManifest(runDir);
  const found = new Map<string, PromptSummary>();
  let start: RunStartEvent | undefined;
  let result: RunResult | undefined;
  for (const event of readEvents(runDir)) {
    if (event.type === 'run-start') start = event;
    result = event.type === 'run-end' ? event.result : undefined;
    for (const prompt of promptsOf(event)) if (prompt.dev) found.set(promptKey(prompt), prompt);
  }
  if (!start) throw noPrompts(runDir);
  const prompts = rankPrompts([...found.values()], start, result, manifest);
  if (!isNonEmpty(prompts)) throw noPrompts(runDir);
  return { runDir, manifest, start, prompts, result };
}

function promptsOf(event: RunEvent): readonly PromptSummary[] {
  if (event.type === 'evaluation-end') return event.prompts;
  const hasOne =
    event.type === 'best-prompt-updated' || event.type === 'prompt-added' || event.type === 'label-words-changed';
  return hasOne ? [event.prompt] : [];
}

function rankPrompts(
  prompts: readonly PromptSummary[],
  { metric, examples }: RunStartEvent,
  result: RunResult | undefined,
  { config }: RunManifest,
): PromptSummary[] {
  const shares = splitShares(config.select === 'pooled' ? 'pooled' : 'dev', examples);
  const isChosen = (prompt: PromptSummary) => Number(promptKey(prompt) === chosenKey(result));
  return [...prompts].sort((a, b) => isChosen(b) - isChosen(a) || compareCandidates(a, b, metric, shares));
}

function noPrompts(runDir: string): RlpromptError {
  return new RlpromptError({
    code: 'E_NO_PROMPTS',
    exit: 'missingInput',
    message: 'the run has not scored a prompt on dev yet',
    where: runDir,
    next: `rlprompt resume ${shellWord(runDir)}`,
  });
}
