import { RlpromptError } from '../errors.js';
import { labelText } from '../template/label-text.js';
import { parseTemplate } from '../template/parse-template.js';
import { renderTemplate } from '../template/render-template.js';
import type { Template } from '../template/template.js';
import type { Demonstration } from './classifier.js';

/** What stands between a demonstration and what follows it. */
const SEPARATOR = '\n\n';

/**
 * The template with demonstrations before it, each rendered without the prompt: the input still stands where it stood,
 * so that all prompts share what comes before them.
 */
export function demonstratedTemplate(template: Template, demonstrations: readonly Demonstration[]): Template {
  if (demonstrations.length === 0) return template;
  if (template.hasMask) throw maskedDemonstrations(template);
  const text = demonstrationText(template, demonstrations);
  return parseTemplate(text.replace(/[{}]/g, '$&$&') + template.source, { family: 'causal' });
}

/** The demonstrations as they stand before a template's text. */
export function demonstrationText(template: Template, demonstrations: readonly Demonstration[]): string {
  return demonstrations
    .map(
      ({ text, word }) => renderTemplate(template, { input: text, prompt: '' }) + labelText(template, word) + SEPARATOR,
    )
    .join('');
}

function maskedDemonstrations({ source }: Template): RlpromptError {
  return new RlpromptError({
    code: 'E_DEMOS_MASKED',
    exit: 'config',
    message: 'demonstrations are for causal language models; a masked one reads its answer at one mask',
    where: `template ${JSON.stringify(source)}`,
    next: 'leave --demos out',
  });
}
