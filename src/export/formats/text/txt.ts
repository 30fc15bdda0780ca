import type { FileFormat } from '../../contract/exported-prompt.js';

export const txtFormat: FileFormat = {
  name: 'txt',
  description: 'the prompt alone, byte by byte, without a line break at the end',
  group: 'text',
  isTable: false,
  holdsMessages: true,
  file: 'best.txt',
  render: ([prompt]) => prompt.prompt,
  read: (text) => ({ prompt: text }),
};
