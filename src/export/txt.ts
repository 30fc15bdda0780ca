import type { ExportFormat } from './exported-prompt.js';

export const txtFormat: ExportFormat = {
  name: 'txt',
  description: 'the prompt alone, byte by byte, without a line break at the end',
  isTable: false,
  render: ([prompt]) => prompt!.prompt,
};
