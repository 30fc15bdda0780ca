import type { FileFormat } from '../../contract/exported-prompt.js';
import { lengthWarning } from '../../text/label-reading.js';
import { renderModule, tsFormat } from './ts.js';

export const jsFormat: FileFormat = {
  name: 'js',
  description: 'the same module as JavaScript, with its types as JSDoc',
  group: 'code',
  isTable: false,
  file: 'best.mjs',
  warn: lengthWarning,
  render: ([prompt]) => renderModule(prompt, 'js'),
  read: (text, options) => tsFormat.read(text, options),
};
