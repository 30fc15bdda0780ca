import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runInProcess } from '../cli/in-process-cli.js';
import { emptyFolder } from '../cli/spawn-cli.js';

const PUBLIC_API = new URL('../../dist/src/index.js', import.meta.url).href;

/** What is useful takes many words and what is not takes one, so that a sum of log-probabilities chooses to be idle. */
const OFFICE = `
import { defineEnvironment } from ${JSON.stringify(PUBLIC_API)};

const PLANS = {
  'answer a letter': ['thank you for your letter', 'please let me know if you have any questions', 'look forward to hearing from you'],
  'arrange a meeting': ['would like to arrange a meeting', 'can meet you on Monday at ten', 'look forward to seeing you'],
};
const IDLE = ['wait', 'sleep', 'go'];
let [plan, written, steps] = [[], [], 0];
const see = () => ({
  observation: written.length === 0 ? 'Dear Sir or Madam, I' : written.map((phrase) => 'I ' + phrase + '. ').join('') + 'I',
  actions: [...IDLE, plan[written.length]],
});
export default defineEnvironment({
  kind: 'environment',
  name: 'office',
  tasks: { train: ['answer a letter'], test: ['arrange a meeting'] },
  mostSteps: 12,
  reset(task) {
    [plan, written, steps] = [PLANS[task], [], 0];
    return { ...see(), bestReturn: 0.7 };
  },
  step(action) {
    steps += 1;
    if (action === plan[written.length]) written.push(action);
    const isSent = written.length === plan.length;
    const seen = isSent ? { observation: 'It is sent.', actions: [] } : see();
    return { ...seen, reward: (isSent ? 1 : 0) - 0.1, done: isSent || steps === 12 };
  },
});
`;

it('untrained, log p per word beats log p where useful phrases are the long ones', { timeout: 60_000 }, async ({
  annotate,
}) => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'office.mjs'), OFFICE);
  const seed = process.env.RLPROMPT_TEST_SEED ?? '0';
  const args = ['act', 'score', './office.mjs', '--episodes', '20', '--seed', seed, '--json'];
  const { code, stdout, stderr } = await runInProcess(args, { cwd });
  expect(code, stderr).toBe(0);
  const [summed, perToken, perWord] = JSON.parse(stdout).rows.map(
    ({ meanReturn }: { meanReturn: number }) => meanReturn,
  );
  await annotate(`log p ${summed.toFixed(2)}, per token ${perToken.toFixed(2)}, per word ${perWord.toFixed(2)}`);
  expect(summed).toBeLessThan(perToken);
  expect(perToken).toBeLessThan(perWord);
});
