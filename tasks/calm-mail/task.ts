import { defineTask } from '../../src/index.js';

const MAIL_TOKENS = 16;
const DEFAULT_URL = 'http://127.0.0.1:8765/';

async function askService(texts: readonly string[], signal: AbortSignal): Promise<number[]> {
  const url = process.env.CALM_MAIL_URL ?? DEFAULT_URL;
  const body = JSON.stringify({ texts });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', body, headers, signal, redirect: 'error' }).catch((cause) => {
    throw new Error(`no service at ${url}; start it: node tasks/calm-mail/service.mjs`, { cause });
  });
  if (!response.ok) throw new Error(`the service at ${url} answered ${response.status}`);
  const { scores } = (await response.json()) as { scores: number[] };
  if (scores.length !== texts.length) throw new Error(`${scores.length} scores came back for ${texts.length} texts`);
  return scores;
}

export default defineTask({
  name: 'calm-mail',
  kind: 'custom',
  description: 'Makes the target LM continue a mail calmly, as judged by a web service on this machine.',
  manualPrompts: ['calmly and briefly', 'the minutes of the meeting'],
  examples: { train: 'train.csv', dev: 'dev.csv', test: 'test.csv' },
  env: ['CALM_MAIL_URL'],
  rewardRange: [0, 100],
  async reward({ prompts, examples }, { generate, signal }) {
    const texts = prompts.flatMap((prompt) => examples.map(({ text }) => `${prompt} ${text}`.trim()));
    const mails = await generate({ texts, maxNewTokens: MAIL_TOKENS });
    const scores = await askService(
      mails.map(([mail]) => mail!),
      signal,
    );
    return prompts.map((_, p) => {
      const own = scores.slice(p * examples.length, (p + 1) * examples.length);
      return (100 * own.reduce((sum, score) => sum + score, 0)) / own.length;
    });
  },
});
