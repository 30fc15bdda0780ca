import type { ExportFormat } from './exported-prompt.js';
import { toVisibleJson } from './visible-json.js';

export const jsonFormat: ExportFormat = {
  name: 'json',
  description: 'everything known of the prompt, as one object',
  isTable: false,
  render: ([prompt]) => `${toVisibleJson(prompt, 2)}\n`,
};
