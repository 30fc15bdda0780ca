import {
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openComparison } from '../../src/compare/comparison-folder.js';
import { readTable } from '../../src/data/read-table.js';
import { ERROR_CODES, type ErrorCode } from '../../src/error-codes.js';
import { readOrdinary } from '../../src/files/read-ordinary.js';
import { readHubSettings } from '../../src/lm/hub/hub-settings.js';
import { fitTokenizer, loadTokenizer } from '../../src/lm/model/tokenizer.js';
import { requireMask } from '../../src/lm/onnx/families/shared/require-mask.js';
import { readFully } from '../../src/lm/onnx/graph/file/file-window.js';
import { readRankings } from '../../src/preferences/ranking-file.js';
import { type RewardModel, requireSameLm } from '../../src/preferences/reward-model.js';
import { Rng } from '../../src/random/rng.js';
import { classificationGap } from '../../src/rewards/classification/classification-gap.js';
import { labelProbabilities } from '../../src/rewards/classification/label-probabilities.js';
import { readPolicy } from '../../src/run/policies/policy-file.js';
import { requireOwnFiles } from '../../src/run/store/own-files.js';
import { parseTemplate } from '../../src/template/parse-template.js';
import { runInProcess } from '../cli/in-process-cli.js';
import { emptyFolder, lastLine, runCli, TINY_MODEL } from '../cli/spawn-cli.js';
import { FakeService } from '../lm/endpoint/fake-service.js';
import { writeSmallData } from '../small-data.js';

const cwd = emptyFolder();
const write = (name: string, content: string): string => {
  writeFileSync(join(cwd, name), content);
  return join(cwd, name);
};
const SMALL = ['run', 'small.csv', '--verbalizer', 'ham=list,spam=free', '--shots', '3', '--inner-size', '64'];
const RUN = [...SMALL, '--steps', '1', '--ui', 'none'];

beforeAll(async () => {
  mkdirSync(join(cwd, 'comparison'));
  write('comparison/comparison.json', '{}');
  writeSmallData(cwd);
  write('one.txt', 'only one\n');
  write('there.json', 'mine');
  const { code, stderr } = await runInProcess([...RUN, '--out', 'run'], { cwd });
  expect(code, stderr).toBe(0);
  cpSync(join(cwd, 'run'), join(cwd, 'foreign'), { recursive: true });
  write('foreign/thesis.txt', 'mine');
  cpSync(join(cwd, 'run'), join(cwd, 'begun'), { recursive: true });
  const [start] = readFileSync(join(cwd, 'run/events.jsonl'), 'utf8').split('\n');
  write('begun/events.jsonl', `${start}\n`);
  write('run/checkpoints/best-policy.safetensors', 'nothing of the kind');
});

const REWARD_MODEL = {
  lm: 'a',
  lmDigest: 'one',
} as RewardModel;

describe('a refusal', () => {
  it.each<[ErrorCode, () => unknown]>([
    ['E_COMPARISON_FILE', () => openComparison(join(cwd, 'comparison'), new Date(0))],
    ['E_GAP_INPUT', () => classificationGap([1], 0)],
    ['E_LABEL_SCORES', () => labelProbabilities([{ tokenLogProbs: [], words: 1 }], 'none')],
    ['E_MODEL_TRUNCATED', () => readFully(openSync(join(cwd, 'one.txt'), 'r'), new Uint8Array(10), 5, 'one.txt')],
    ['E_REWARD_MODEL_LM', () => requireSameLm(REWARD_MODEL, { name: 'b', digest: 'other' })],
    ['E_TEMPLATE_MARK', () => parseTemplate('{input} {prompt} {mask}{label}', { family: 'masked' })],
    ['E_FILE_NOT_FOUND', () => readRankings(join(cwd, 'nowhere.jsonl'))],
    ['E_FILE_TOO_LARGE', () => readOrdinary(join(cwd, 'small.csv'), 10)],
    ['E_FOREIGN_FILES', () => requireOwnFiles(join(cwd, 'foreign'))],
    ['E_HUB_ENDPOINT', () => readHubSettings(false, { HF_ENDPOINT: 'nonsense' })],
    ['E_POLICY_FILE', () => readPolicy(join(cwd, 'run'))],
    ['E_RANKING_FILE', () => readRankings(write('bad.jsonl', '{"chosen": 1}\n'))],
    ['E_RNG_STATE', () => Rng.restore({ seed: -1, stream: 0, counter: 0 })],
  ])('%s comes from the function that checks what it is given', (code, call) => {
    expect(call).toThrow(expect.objectContaining({ code }));
  });

  it.each<[ErrorCode, string[], string?]>([
    ['E_EXISTS', ['export', 'run', '--out', 'there.json']],
    ['E_NO_ENSEMBLE', ['export', 'run', '--ensemble']],
    ['E_NO_PROMPTS', ['export', 'begun']],
    ['E_RANK', ['export', 'run', '--format', 'txt', '--rank', '999']],
    ['E_DEMOS_ROWS', [...RUN, '--demos', '60']],
    ['E_LABEL_WORDS_COUNT', [...RUN, '--label-words', 'found', '--label-words-count', '1000']],
    [
      'E_QUEUE_UNFIT',
      [...RUN, '--queue', 'redis://127.0.0.1:9', '--target', 'openai:x', '--endpoint', 'http://127.0.0.1:9/v1'],
    ],
    ['E_RATING_TEXTS', ['rate', 'one.txt']],
    ['E_TOKENS_TEXT', ['models', 'tokens', 'mail-gpt-4m']],
    ['E_TOKENS_LINE', ['models', 'tokens', 'mail-gpt-4m', '-'], 'not JSON\n'],
    ['E_MODEL_NOT_LOCAL', ['models', 'tokens', 'openai:x', 'text']],
  ])('%s comes from a command', async (code, args, stdin = '') => {
    const { stderr } = await (stdin ? runCli(args, { cwd, stdin }) : runInProcess(args, { cwd }));
    expect(lastLine(stderr)).toMatch(new RegExp(`^rlprompt: ${code}: `));
  });

  it.skipIf(process.platform !== 'linux')('E_DATA_READ comes from a file whose bytes cannot be read', async () => {
    symlinkSync('/proc/self/mem', join(cwd, 'memory.csv'));
    await expect(readTable(join(cwd, 'memory.csv'))).rejects.toMatchObject({ code: 'E_DATA_READ' });
  });

  it('E_TOKENIZER_UNKNOWN and E_TOKENIZER_NO_MASK come from a tokenizer', async () => {
    const whole = await loadTokenizer(TINY_MODEL);
    const fitted = fitTokenizer(whole, whole.vocabularySize - 1, 'here');
    expect(() => fitted.encode('<|endoftext|>')).toThrow(expect.objectContaining({ code: 'E_TOKENIZER_UNKNOWN' }));
    expect(() => requireMask(whole, 'here')).toThrow(expect.objectContaining({ code: 'E_TOKENIZER_NO_MASK' }));
  });

  it('E_RUNTIME_MISSING comes from an installation whose runtime cannot be loaded', async () => {
    const nodeFlags = ['--import', without('onnxruntime-node')];
    const { code, stderr } = await runCli([...RUN, '--out', 'no-runtime'], { cwd, nodeFlags });
    expect(lastLine(stderr)).toMatch(/^rlprompt: E_RUNTIME_MISSING: onnxruntime-node could not be loaded: cannot open/);
    expect(code).toBe(69);
    expect(existsSync(join(cwd, 'no-runtime'))).toBe(false);
  });

  it('E_ENDPOINT_NOT_FOUND comes from a service', async () => {
    const service = await FakeService.start(() => []);
    service.interfere = (response) => {
      response.writeHead(404).end('{}');
      return true;
    };
    const { stderr } = await runInProcess([...RUN, '--target', 'openai:x', '--endpoint', service.endpoint], { cwd });
    await service.close();
    expect(lastLine(stderr)).toMatch(/^rlprompt: E_ENDPOINT_NOT_FOUND: /);
  });
});

it('every error code is named by a test', () => {
  const tests = resolve(import.meta.dirname, '..');
  const sources = readdirSync(tests, { recursive: true })
    .map((name) => join(tests, String(name)))
    .filter((path) => /\.(ts|tsx)$/.test(path))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  const named = new Set(sources.match(/\bE_[A-Z0-9_]+\b/g));
  expect(Object.keys(ERROR_CODES).filter((code) => !named.has(code))).toEqual([]);
});

/** Has Node refuse to import a package, as where its binary fits another system. */
function without(name: string): string {
  const source = `export async function resolve(specifier, context, next) {
    if (specifier === '${name}') throw new Error('cannot open shared object file');
    return next(specifier, context);
  }`;
  const hooks = `data:text/javascript,${encodeURIComponent(source)}`;
  const start = `import { register } from 'node:module'; register(${JSON.stringify(hooks)});`;
  return `data:text/javascript,${encodeURIComponent(start)}`;
}
