import { execFile } from 'node:child_process';
import { defineTask } from '../../src/index.js';

const CODE_TOKENS = 24;

/**
 * The judge is a program of its own: `node` compiles each text, and runs none of it. It reads a JSON list on stdin and
 * writes one on stdout.
 */
const JUDGE = `
const { Script } = require('node:vm');
const compiles = (source) => { try { new Script(source); return true; } catch { return false; } };
let input = '';
process.stdin.on('data', (chunk) => { input += chunk; });
process.stdin.on('end', () => process.stdout.write(JSON.stringify(JSON.parse(input).map(compiles))));
`;

function judge(sources: readonly string[], signal: AbortSignal): Promise<boolean[]> {
  return new Promise((resolve, reject) => {
    const program = execFile(process.execPath, ['-e', JUDGE], { signal, maxBuffer: 2 ** 24 }, (error, stdout) => {
      if (error) reject(error);
      else resolve(JSON.parse(stdout) as boolean[]);
    });
    program.stdin!.end(JSON.stringify(sources));
  });
}

/** A small model seldom closes its braces in time: what it has written so far is closed for it. */
function completed(source: string): string {
  const open = source.split('{').length - source.split('}').length;
  return open > 0 ? source + '\n}'.repeat(open) : source;
}

export default defineTask({
  name: 'javascript-syntax',
  kind: 'custom',
  description: 'Makes the target LM continue a JavaScript function so that a compiler accepts it.',
  manualPrompts: ['in plain JavaScript', 'Code:'],
  examples: { train: 'train.csv', dev: 'dev.csv', test: 'test.csv' },
  rewardRange: [0, 100],
  async reward({ prompts, examples }, { generate, signal }) {
    const rows = prompts.flatMap((prompt) => examples.map((example) => ({ prompt, ...example })));
    const texts = rows.map(({ prompt, text, fields }) => `${`${text} ${prompt}`.trim()}\n${fields.head}\n`);
    const bodies = await generate({ texts, maxNewTokens: CODE_TOKENS, stop: '\n\n' });
    const sources = rows.map(({ fields }, i) => completed(`${fields.head}\n${bodies[i]![0]}`));
    const verdicts = await judge(sources, signal);
    return prompts.map((_, p) => {
      const own = verdicts.slice(p * examples.length, (p + 1) * examples.length);
      const share = own.filter(Boolean).length / own.length;
      return { reward: 100 * share, metrics: { accuracy: share } };
    });
  },
});
