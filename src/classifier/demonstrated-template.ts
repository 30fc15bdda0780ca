import { RlpromptError } from '../errors.js';
import { labelText } from '../template/label-text.js';
import type { Template, TemplatePart } from '../template/template.js';
import type { Demonstration } from './classifier.js';

/** What stands between a demonstration and what follows it. */
const SEPARATOR = '\n\n';

/**
 * The template with demonstrations before it, each with the prompt where the template has it: the prompt then stands in
 * the same place in every one. Its source has one `{prompt}` per demonstration and is not to be parsed again.
 *
 * @throws RlpromptError E_DEMOS_MASKED
 */
export function demonstratedTemplate(template: Template, demonstrations: readonly Demonstration[]): Template {
  if (demonstrations.length === 0) return template;
  if (template.hasMask) throw maskedDemonstrations(template);
  const shown = demonstrations.flatMap((one) => demonstrationParts(template, one));
  const parts = joinTexts([...shown, ...template.parts]);
  const source = parts
    .map(({ kind, text }) => (kind === 'text' ? text.replace(/[{}]/g, '$&$&') : `{${kind}}`))
    .join('');
  return { ...template, source: template.hasLabel ? `${source}{label}` : source, parts };
}

function demonstrationParts(template: Template, { text, word }: Demonstration): TemplatePart[] {
  const filled = template.parts.map((part): TemplatePart => {
    return part.kind === 'input' ? { kind: 'text', text: text.trim() } : part;
  });
  return [...joinTexts(filled), { kind: 'text', text: labelText(template, word) + SEPARATOR }];
}

function joinTexts(parts: readonly TemplatePart[]): TemplatePart[] {
  const joined: TemplatePart[] = [];
  for (const part of parts) {
    const before = joined.at(-1);
    if (part.kind === 'text' && before?.kind === 'text')
      joined[joined.length - 1] = { ...before, text: before.text + part.text };
    else joined.push(part);
  }
  return joined;
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
