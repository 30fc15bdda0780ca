import type { ExportedPrompt, RenderedPart } from '../contract/exported-prompt.js';

/** Writes parts as one text, literals and slots each in the way of a template language. */
export function joinParts(
  parts: readonly RenderedPart[],
  literal: (text: string) => string,
  slots: Readonly<Record<'input' | 'mask', string>>,
): string {
  return parts.map((part) => (typeof part === 'string' ? literal(part) : slots[part.slot])).join('');
}

/** Parts with neighbouring literals made one and empty ones left out, the form of `ExportedPrompt.rendered`. */
export function mergeParts(parts: Iterable<RenderedPart>): RenderedPart[] {
  const merged: RenderedPart[] = [];
  for (const part of parts) {
    const before = merged.at(-1);
    if (part === '') continue;
    if (typeof part === 'string' && typeof before === 'string') merged[merged.length - 1] = before + part;
    else merged.push(part);
  }
  return merged;
}

/** Whether the language model is asked with a system message: the text then holds where the user's begins. */
export function hasMessages({ template }: Pick<ExportedPrompt, 'template'>): boolean {
  return template.startsWith('{system}');
}

/** All literal text of a rendered prompt, to look for what a format takes for its own. */
export function literalText({ rendered }: ExportedPrompt): string {
  return rendered.filter((part) => typeof part === 'string').join('');
}

export function isMasked({ rendered }: ExportedPrompt): boolean {
  return rendered.some((part) => typeof part === 'object' && part.slot === 'mask');
}

/** Names of the variables that the exported templates take. */
export const VARIABLES = { input: 'text', mask: 'mask' } as const;

/** The slot a variable of an exported template stands for. */
export function slotOf(variable: string): RenderedPart {
  return { slot: variable === VARIABLES.mask ? 'mask' : 'input' };
}

/** The variables that a rendered prompt needs. */
export function variablesOf(prompt: ExportedPrompt): string[] {
  return prompt.rendered.flatMap((part) => (typeof part === 'object' ? [VARIABLES[part.slot]] : []));
}
