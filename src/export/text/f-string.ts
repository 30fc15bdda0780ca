import type { RenderedPart } from '../contract/exported-prompt.js';
import { joinParts, mergeParts, slotOf, VARIABLES } from './rendered-parts.js';

/** A template in the syntax of Python's `str.format`: `{text}`, with literal braces doubled. */
export function toFString(parts: readonly RenderedPart[]): string {
  const slots = { input: `{${VARIABLES.input}}`, mask: `{${VARIABLES.mask}}` };
  return joinParts(parts, (text) => text.replace(/[{}]/g, '$&$&'), slots);
}

export function readFString(template: string): RenderedPart[] {
  const pieces = template.matchAll(/\{\{|\}\}|\{(\w+)\}|[^{}]+/g);
  return mergeParts(
    Array.from(pieces, ([piece, variable]) => {
      if (variable !== undefined) return slotOf(variable);
      return piece === '{{' || piece === '}}' ? piece.charAt(0) : piece;
    }),
  );
}
