import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { isEndpointName } from '../../../lm/endpoint/endpoint-name.js';
import { isGgufName } from '../../../lm/gguf/gguf-file.js';
import { looksLikeHubName, parseHubName } from '../../../lm/hub/hub-name.js';
import { embeddedModels } from '../../../lm/model/embedded.js';
import { findModelFolder } from '../../../lm/model/model-folder.js';
import { parseTemplate } from '../../../template/parse-template.js';
import { toVisibleJson } from '../../../visible-json.js';
import type { ExportedPrompt, FolderFormat } from '../../contract/exported-prompt.js';
import { isMasked } from '../../text/rendered-parts.js';
import { jsFormat } from './js.js';
import { comment } from './ts.js';

const [PACKAGE, MODULE, PROGRAM] = ['package.json', 'prompt.mjs', 'index.mjs'] as const;
/** The version that the exports are tested with. */
const LIBRARY = { name: '@huggingface/transformers', version: '4.3.1' };

const INSTALLATION = `# onnxruntime-node would download CUDA libraries, several hundred megabytes, from a host outside the registry. Nothing here needs a script.
ignore-scripts=true
`;

export const nodeFormat: FolderFormat = {
  name: 'node',
  description: 'a folder that runs: npm install, then node index.mjs "a text" prints label and probabilities',
  group: 'code',
  isTable: false,
  readsFile: MODULE,
  cannotHold: (prompt) => {
    if (prompt.classifier === undefined) return 'the task has no labels';
    if (isEndpointName(prompt.target)) return 'the target LM is a service; ts and js take a function that asks it';
    if (isGgufName(prompt.target)) return 'transformers.js reads no GGUF files';
    if (isMasked(prompt)) return 'the prompt is for a masked language model; ts and js take its mask';
    return prompt.normalise ? `label scores are divided by the ${prompt.normalise}s of a label here` : undefined;
  },
  renderFolder: (prompts, options) => [
    { path: PACKAGE, text: `${JSON.stringify(packageOf(), undefined, 2)}\n` },
    { path: '.npmrc', text: INSTALLATION },
    { path: MODULE, text: jsFormat.render(prompts, options) },
    { path: PROGRAM, text: programOf(prompts[0]) },
  ],
  read: (text, options) => jsFormat.read(text, options),
};

function packageOf() {
  return {
    name: 'exported-prompt',
    version: '1.0.0',
    private: true,
    type: 'module',
    main: PROGRAM,
    dependencies: { [LIBRARY.name]: LIBRARY.version },
  };
}

/** What transformers.js loads: a name, and where its weights are. */
function modelOf({ target, dtype }: ExportedPrompt): { name: string; options: Readonly<Record<string, string>> } {
  const path = embeddedModels().find(({ name }) => name === target)?.path ?? resolve(target);
  if (!existsSync(path)) {
    const { id, revision } = looksLikeHubName(target) ? parseHubName(target) : { id: target, revision: 'main' };
    return { name: id, options: { dtype: dtype ?? 'fp32', ...(revision === 'main' ? {} : { revision }) } };
  }
  const folder = findModelFolder(path, dtype);
  const inside = dirname(folder.onnxPath);
  const stem = basename(folder.onnxPath, '.onnx');
  const weights = /^model(_|$)/.test(stem) ? { dtype: folder.dtype } : { dtype: 'fp32', model_file_name: stem };
  return { name: path, options: { ...weights, ...(inside === path ? { subfolder: '' } : {}) } };
}

/** What a text that is too long keeps, as an expression over its letters and how many of them fit. */
const KEPT: Readonly<Record<string, string>> = {
  tail: 'letters.slice(0, count)',
  head: 'letters.slice(letters.length - count)',
  middle: "[...letters.slice(0, count - (count >> 1)), ' … ', ...letters.slice(letters.length - (count >> 1))]",
};

function programOf(prompt: ExportedPrompt): string {
  const { name, options } = modelOf(prompt);
  const { isRaw } = parseTemplate(prompt.template, { family: 'causal' });
  const { truncate } = prompt;
  return `// Exported by ${comment(prompt.tool)}. node index.mjs "a text", or one text per line on standard input.
import { createInterface } from 'node:readline';
import { AutoModelForCausalLM, AutoTokenizer, Tensor } from '${LIBRARY.name}';
import { classify, READINGS, render } from './${MODULE}';

/** The language model that the prompt was found for, a folder or a name of the hub; MODEL names another place. */
const MODEL = process.env.MODEL ?? ${toVisibleJson(name)};
const tokenizer = await AutoTokenizer.from_pretrained(MODEL);
const model = await AutoModelForCausalLM.from_pretrained(MODEL, ${toVisibleJson({ device: 'cpu', ...options })});
const { config } = model;
const MOST_TOKENS = config.max_position_embeddings ?? config.n_positions ?? config.n_ctx ?? 2048;
const WORDS = READINGS.flatMap(({ words }) => words);

const tokensOf = (text) => tokenizer.encode(text, { add_special_tokens: ${!isRaw} });

/** log p of every token after some tokens. */
async function logProbsBehind(tokens) {
  const row = (values) => new Tensor('int64', BigInt64Array.from(values, BigInt), [1, tokens.length]);
  const { logits } = await model({ input_ids: row(tokens), attention_mask: row(tokens.map(() => 1)) });
  const last = Float64Array.from(logits.data.subarray(logits.data.length - logits.dims[2]));
  const most = last.reduce((a, b) => Math.max(a, b));
  const total = Math.log(last.reduce((sum, value) => sum + Math.exp(value - most), 0)) + most;
  return last.map((value) => value - total);
}

/** log p of each word after a text, up to what all of them have in common. */
async function complete(text, words) {
  const rows = words.map((word) => tokensOf(text + word));
  let shared = 0;
  while (rows.every((row) => row.length > shared + 1 && row[shared] === rows[0][shared])) shared++;
  const known = new Map();
  const result = {};
  for (const [i, row] of rows.entries()) {
    result[words[i]] = 0;
    for (let end = shared; end < row.length; end++) {
      const before = row.slice(0, end);
      const key = before.join();
      if (!known.has(key)) known.set(key, await logProbsBehind(before));
      result[words[i]] += known.get(key)[row[end]];
    }
  }
  return result;
}

/** Whether the model can read a text with each label word behind it. */
const fits = (text) => WORDS.every((word) => tokensOf(render(text) + word).length <= MOST_TOKENS + 1);

${truncate === undefined ? REFUSE : cutFunction(truncate)}
const [, , ...given] = process.argv;
for await (const text of given.length > 0 ? given : createInterface({ input: process.stdin })) {
  console.log(JSON.stringify({ text, ...(await classify(${truncate === undefined ? 'whole' : 'cut'}(text), complete)) }));
}
`;
}

/** The run did not say what a text that is too long may lose: `rlprompt predict` refuses one, and a label of its beginning would tell nobody. */
const REFUSE = `/** A text that the model can read to its end. The run chose no --truncate, so none is cut. */
function whole(text) {
  if (fits(text)) return text;
  const start = JSON.stringify(text.trim().slice(0, 60));
  throw new RangeError(\`the text that begins with \${start} is too long: with the prompt, the model reads \${MOST_TOKENS} tokens. Shorten it, or export a run with --truncate\`);
}
`;

function cutFunction(truncate: string): string {
  return `/** As many letters of a text as the model can read: the run was given --truncate ${truncate}. */
function cut(text) {
  const letters = [...text.trim()];
  const kept = (count) => ${KEPT[truncate] ?? KEPT.tail};
  if (fits(text)) return text;
  let [low, high] = [0, letters.length];
  while (high - low > 1) {
    const count = (low + high) >> 1;
    if (fits(kept(count).join(''))) low = count;
    else high = count;
  }
  return kept(low).join('');
}
`;
}
