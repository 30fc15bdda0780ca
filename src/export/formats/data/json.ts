import { toVisibleJson } from '../../../visible-json.js';
import type { FileFormat } from '../../contract/exported-prompt.js';
import { readTextOf } from '../../text/label-reading.js';

export const jsonFormat: FileFormat = {
  name: 'json',
  description: 'everything known about the prompt, as one object',
  group: 'data',
  isTable: false,
  holdsMessages: true,
  file: 'best.json',
  render: ([prompt]) => `${toVisibleJson(prompt, 2)}\n`,
  read: (text) => readTextOf(JSON.parse(text)),
};
