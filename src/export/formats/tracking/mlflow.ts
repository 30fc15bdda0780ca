import { toVisibleJson } from '../../../visible-json.js';
import type { ExportedPrompt, FolderFormat, RenderedPart } from '../../contract/exported-prompt.js';
import { readJinja, toJinja } from '../../text/jinja.js';
import { describeScores, provenance, registryName } from '../../text/provenance.js';
import { joinParts, literalText, mergeParts, slotOf, VARIABLES } from '../../text/rendered-parts.js';

const VERSION_FILE = 'model-versions-create.json';

export const mlflowFormat: FolderFormat = {
  name: 'mlflow',
  description: 'bodies of the two REST requests that put the prompt into the MLflow registry',
  group: 'tracking',
  isTable: false,
  readsFile: VERSION_FILE,
  renderFolder: ([prompt]) => [
    { path: 'registered-models-create.json', text: `${toVisibleJson(createModel(prompt), 2)}\n` },
    { path: VERSION_FILE, text: `${toVisibleJson(createVersion(prompt), 2)}\n` },
  ],
  read: (text) => {
    const { tags } = JSON.parse(text) as { tags: { key: string; value: string }[] };
    return { rendered: readTemplate(tags.find(({ key }) => key === 'mlflow.prompt.text')?.value ?? '') };
  },
};

const IS_PROMPT = { key: 'mlflow.prompt.is_prompt', value: 'true' };

function createModel(prompt: ExportedPrompt) {
  return { name: registryName(prompt), tags: [IS_PROMPT] };
}

function createVersion(prompt: ExportedPrompt) {
  return {
    name: registryName(prompt),
    source: 'prompt-template',
    description: describeScores(prompt),
    tags: [
      IS_PROMPT,
      { key: 'mlflow.prompt.text', value: toTemplate(prompt) },
      { key: '_mlflow_prompt_type', value: 'text' },
      { key: '_mlflow_prompt_model_config', value: JSON.stringify({ temperature: 0 }) },
      { key: 'rlprompt', value: toVisibleJson(provenance(prompt)) },
    ],
  };
}

const OPEN = '{% if true %}';
const CLOSE = '{% endif %}';

/**
 * MLflow's own `{{ text }}` has no escape for braces. A template with a `{% … %}` is one of Jinja2 to it, and that
 * has strings.
 */
function toTemplate(prompt: ExportedPrompt): string {
  if (/[{}%]/.test(literalText(prompt))) return `${OPEN}${toJinja(prompt.rendered)}${CLOSE}`;
  const slots = { input: `{{ ${VARIABLES.input} }}`, mask: `{{ ${VARIABLES.mask} }}` };
  return joinParts(prompt.rendered, (text) => text, slots);
}

function readTemplate(template: string): RenderedPart[] {
  if (template.startsWith(OPEN)) return readJinja(template);
  const pieces = template.split(/(\{\{ \w+ \}\})/);
  return mergeParts(pieces.map((piece) => (piece.startsWith('{{ ') ? slotOf(piece.slice(3, -3)) : piece)));
}
