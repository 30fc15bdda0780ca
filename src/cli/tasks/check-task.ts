import type { RunConfig } from '../../config/run-config.js';
import { isDataFileName } from '../../data/read-table.js';
import { groupDigits } from '../../group-digits.js';
import { loadLanguageModel, requireCapability } from '../../lm/load.js';
import type { LanguageModel } from '../../lm/model/types.js';
import { checkReward, type Finding, findingOf } from '../../rewards/custom/custom-check.js';
import { RewardHost } from '../../rewards/custom/custom-host.js';
import { RewardLanguageModel } from '../../rewards/custom/custom-language-model.js';
import { checkEndpoints } from '../../run/prepare/checks/check-endpoints.js';
import { checkTemplateSource, loadConfiguredTask, templateFor } from '../../run/prepare/configured-task.js';
import { modelOptions } from '../../run/prepare/model-options.js';
import { showRow } from '../../run/prepare/shown-row.js';
import { tellsOverlap } from '../../task/assemble/check-splits.js';
import type { Task } from '../../task/types.js';

/** Characters of a row's end that are shown. */
const SHOWN_END = 20;

export interface CheckListeners {
  readonly onFinding: (finding: Finding) => void;
  /** Receives what a custom reward prints, escaped and bounded. */
  readonly onOutput: (text: string) => void;
}

/** Looks at a task as a run would see it: definition and data, label words, and a reward of its own in its process. */
export async function checkTask(config: RunConfig, { onFinding, onOutput }: CheckListeners): Promise<void> {
  try {
    const task = await loadConfiguredTask(config, { testOnly: isDataFileName(config.task) });
    checkTemplateSource(task);
    for (const finding of dataFindings(task)) onFinding(finding);
    checkEndpoints(task, config);
    const targetLm = await loadLanguageModel(config.target, modelOptions(config));
    try {
      if (task.kind === 'custom') await checkCustom(task, targetLm, config, { onFinding, onOutput });
      else onFinding(await labelFinding(task, targetLm, config));
    } finally {
      await targetLm.dispose();
    }
  } catch (error) {
    onFinding(findingOf(error));
  }
}

function dataFindings(task: Task): Finding[] {
  const { splits } = task;
  const [train, dev, test] = [splits.train, splits.dev, splits.test].map(({ length }) => groupDigits(length));
  const sizes = `${train} train, ${dev} dev, ${test} test examples`;
  const found: Finding[] = [{ level: 'ok', name: 'definition', found: `${task.kind} task ${task.name}, ${sizes}` }];
  const overlaps = task.warnings.filter(tellsOverlap);
  if (overlaps.length === 0) found.push({ level: 'ok', name: 'data', found: 'no text occurs in two splits' });
  const meaning = 'scores on dev and test are only worth something on texts that the search has not seen';
  return [
    ...found,
    ...task.warnings.map((warning): Finding => {
      return { level: 'warning', name: 'data', found: warning, ...(overlaps.includes(warning) ? { meaning } : {}) };
    }),
  ];
}

async function labelFinding(task: Task, targetLm: LanguageModel, config: RunConfig): Promise<Finding> {
  const scorer = requireCapability(targetLm, 'labelScores');
  const labels = task.labels.map(({ name, word }) => ({ label: name, word }));
  const template = await templateFor(task, targetLm, config);
  const resolved = scorer.resolveLabels(template, labels);
  const { rendered, boundary } = showRow(task, targetLm, template, task.splits.train[0]?.text ?? '');
  const words = resolved.map(({ text, tokenIds }) => `${JSON.stringify(text)} (${tokenIds.length})`);
  const seam = JSON.stringify(
    `${rendered.slice(Math.max(0, boundary - SHOWN_END), boundary)}|${rendered.slice(boundary)}`,
  );
  const found = `${words.join(', ')}, with their tokens, in ${targetLm.name}, where a row ends in ${seam}`;
  return { level: 'ok', name: 'label words', found };
}

async function checkCustom(
  task: Task,
  targetLm: LanguageModel,
  config: RunConfig,
  { onFinding, onOutput }: CheckListeners,
): Promise<void> {
  const languageModel = new RewardLanguageModel(targetLm, await templateFor(task, targetLm, config));
  const answer = languageModel.answer.bind(languageModel);
  const host = new RewardHost(task, { timeoutMs: config.rewardTimeout * 1000, maxErrors: 0, answer, onOutput });
  try {
    for await (const finding of checkReward(task, host, config)) onFinding(finding);
  } finally {
    host.close();
  }
}
