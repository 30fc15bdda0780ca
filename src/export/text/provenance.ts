import type { ExportedPrompt } from '../contract/exported-prompt.js';

/** How a prompt was found, how it scores and what its answers mean: for formats that have a place for it. */
export function provenance(prompt: ExportedPrompt) {
  const { task, labels, labelOffsets, generator, target, trainer, seed, step, reward, metrics } = prompt;
  const { tokenIds, run, tool } = prompt;
  return {
    task,
    labels,
    ...(labelOffsets ? { labelOffsets } : {}),
    ...{ generator, target, trainer, seed, step, reward, metrics, tokenIds, run, tool },
  };
}

/** `spam: accuracy 0.906 on dev, 0.889 on test`. */
export function describeScores({ task, metric, metrics }: ExportedPrompt): string {
  const scores = (['dev', 'test'] as const).flatMap((split) => {
    const score = metrics[split]?.[metric];
    return score === undefined ? [] : [`${score.toFixed(3)} on ${split}`];
  });
  return `${task}: ${metric} ${scores.join(', ')}`;
}

/** The target LM by the name its server knows. */
export function modelName({ target }: ExportedPrompt): string {
  return target.replace(/^openai:/, '');
}

/** What to know where a text that the target LM continued is sent as a chat message; undefined where the run did so too. */
export function wrappedAsChat({ target, template }: ExportedPrompt): string | undefined {
  if (target.startsWith('openai:')) return undefined;
  if (template.startsWith('{raw}')) {
    return 'the text has the marks of the chat format that the run used; a chat service puts its own around it, so send it as a text to complete';
  }
  return 'the run scored a text to continue; this format sends it as a chat message, and a chat model may answer otherwise';
}

/** A name of letters, digits, `-` and `_`, for registries that allow no others. */
export function registryName({ task }: ExportedPrompt): string {
  return `${task.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '') || 'task'}-prompt`;
}
