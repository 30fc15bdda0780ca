import { toVisibleJson } from '../../../visible-json.js';
import type { FileFormat } from '../../contract/exported-prompt.js';

export const dspyFormat: FileFormat = {
  name: 'dspy',
  description: 'state of dspy.Predict("text -> label"), the prompt as its instructions',
  group: 'templates',
  isTable: false,
  holdsMessages: true,
  file: 'best.dspy.json',
  warn: ({ prompt }) =>
    /\t|\n\s|^[\x1c-\x1f\x85]/.test(prompt.trim())
      ? 'DSPy takes tabs and indentation out of instructions (inspect.cleandoc): it will read another text'
      : undefined,
  render: ([prompt]) => {
    const fields = [
      { prefix: 'Text:', description: 'the text to label' },
      { prefix: 'Label:', description: `one of: ${prompt.labels.map(({ word }) => word).join(', ')}` },
    ];
    const signature = { instructions: prompt.prompt.trim(), fields };
    const metadata = { dependency_versions: {} };
    return `${toVisibleJson({ traces: [], train: [], demos: [], signature, lm: null, metadata }, 2)}\n`;
  },
  read: (text) => ({ prompt: JSON.parse(text).signature.instructions }),
};
