import type { ExportedPrompt } from '../../src/export/contract/exported-prompt.js';
import { exportPrompt, renderParts } from '../../src/export/export-prompt.js';
import { readRunRecord } from '../../src/export/run-record.js';
import { parseTemplate } from '../../src/template/parse-template.js';
import { renderTemplate } from '../../src/template/render-template.js';
import { makeRun } from './make-run.js';

const base = exportPrompt(readRunRecord(makeRun({ texts: ['x'] })), 1, '0.1.0');

/** The export of a prompt, as if a run with this template had found it. */
export function exportedPrompt(prompt: string, template = '{input} {prompt}'): ExportedPrompt {
  const rendered = renderParts(template, { input: 'x', prompt });
  return { ...base, prompt, template, rendered, renderedWithoutInput: renderParts(template, { input: '', prompt }) };
}

/** What the target LM reads in a run. */
export function scoredText(prompt: string, template: string, input: string): string {
  return renderTemplate(parseTemplate(template, { family: 'causal' }), { input, prompt });
}
