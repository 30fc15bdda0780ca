/** A small data file of mails: what the embedded model, which has read mail, can tell apart. */
const MAILS: Readonly<Record<string, readonly (readonly [text: string, label: string])[]>> = {
  'train.csv': [
    ['Claim your free prize now and earn cash from home', 'spam'],
    ['The meeting is moved to Thursday at ten', 'ham'],
    ['Lose weight fast with this amazing offer', 'spam'],
    ['I attached the patch for the build error', 'ham'],
    ['Make money today with no risk and no work', 'spam'],
    ['Can you send me the notes from the last call', 'ham'],
    ['Cheap loans approved in minutes so act now', 'spam'],
    ['The server will be down for an hour tonight', 'ham'],
  ],
  'dev.csv': [
    ['You are a winner and your bonus is waiting', 'spam'],
    ['Thanks for the review and I fixed the tests', 'ham'],
    ['Buy one and get one free this week only', 'spam'],
    ['Lunch on Friday with the rest of the team', 'ham'],
    ['Click here to remove your debt forever', 'spam'],
    ['The list archive has the answer to this', 'ham'],
    ['Guaranteed income with our special system', 'spam'],
    ['My train is late and I will join by phone', 'ham'],
  ],
  'test.csv': [
    ['Save thousands on insurance if you order today', 'spam'],
    ['The new version compiles on my machine', 'ham'],
    ['This limited offer ends at midnight', 'spam'],
    ['Please read the minutes before we meet', 'ham'],
    ['Get rich with a secret that banks hide', 'spam'],
    ['Does anyone know why the script stops here', 'ham'],
    ['Your credit card is approved so reply now', 'spam'],
    ['I will be away until the end of the month', 'ham'],
  ],
};

const CLASSIFICATION = (name: string) => `import { defineTask } from 'rlprompt';

export default defineTask({
  name: '${name}',
  kind: 'classification',
  description: 'Is an email wanted or not?',
  // Labels of the data and the words the language model is asked for.
  verbalizer: { ham: 'question', spam: 'business' },
  manualPrompts: ['This mail is about'],
  examples: { train: 'train.csv', dev: 'dev.csv', test: 'test.csv' },
});
`;

const CUSTOM = (name: string) => `import { defineTask, type CustomReward } from 'rlprompt';

const WORDS = { ham: 'question', spam: 'business' };
const labels = Object.keys(WORDS);

/**
 * One answer per prompt, in order: a number, or { reward, parts, metrics }. Throw when something fails: a failure is tried
 * again and counted, it is never a low reward. Random numbers come from context.rng.
 */
const reward: CustomReward = async ({ prompts, examples }, { scoreLabels }) => {
  const inputs = examples.map((example) => example.text);
  const probabilities = await scoreLabels({ prompts, inputs, labels: Object.values(WORDS) });
  return prompts.map((_, p) => {
    const rights = examples.map(({ fields }, e) => probabilities[p]![e]![labels.indexOf(fields.label!)]!);
    const confidence = rights.reduce((sum, right) => sum + right, 0) / rights.length;
    const accuracy = rights.filter((right) => right > 0.5).length / rights.length;
    return { reward: 100 * confidence, parts: { confidence }, metrics: { accuracy } };
  });
};

export default defineTask({
  name: '${name}',
  kind: 'custom',
  description: 'Classifies emails as wanted or not, with a reward of its own.',
  manualPrompts: ['This mail is about'],
  examples: { train: 'train.csv', dev: 'dev.csv', test: 'test.csv' },
  reward,
});
`;

const CONFIG = `# Settings of \`rlprompt run\` in this folder; all of them: rlprompt config print --sources
task: ./task.ts
steps: 30
seed: 0
`;

const TEST = `// node --test
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('bin/rlprompt.js', import.meta.resolve('rlprompt/package.json')));
const rlprompt = (...words) =>
  JSON.parse(execFileSync(process.execPath, [program, ...words, '--json'], { cwd: import.meta.dirname, encoding: 'utf8' }));

test('the task can be used as it is', () => {
  const { findings } = rlprompt('tasks', 'check', './task.ts');
  assert.deepEqual(findings.filter(({ level }) => level === 'error'), []);
});

test('a prompt gets a reward on every example', () => {
  const { results } = rlprompt('eval', './task.ts', '--prompt', 'This mail is about');
  assert.equal(results[0].n, 8);
  assert.ok(Number.isFinite(results[0].reward));
});
`;

const README = (name: string, kind: string) => `# ${name}

A ${kind} task for rlprompt. Its emails are invented: replace them with your own examples.

| file | what |
|---|---|
| task.ts | the task${kind === 'custom' ? ' and its reward' : ''} |
| train.csv, dev.csv, test.csv | training, choosing, the final test |
| rlprompt.config.yaml | settings of a run |
| task.test.mjs | a test of the task |

\`\`\`
rlprompt tasks check ./task.ts
rlprompt run
rlprompt top runs/${name}-…
\`\`\`

The test and an editor's types need the package itself: \`npm install FILE\`, with the \`.tgz\` file that \`npm pack\` makes in a clone of rlprompt.
Then \`node --test\` runs the test.
`;

export type ScaffoldKind = 'classification' | 'custom';

/**
 * The files of a new task folder, by name: a task that runs as it is, on the embedded model.
 *
 * @param asStarted puts the words with which the program was started before its commands
 */
export function scaffoldFiles(
  name: string,
  kind: ScaffoldKind,
  asStarted = (text: string) => text,
): Readonly<Record<string, string>> {
  const tables = Object.entries(MAILS).map(([file, rows]) => [
    file,
    `text,label\n${rows.map(([text, label]) => `${text},${label}\n`).join('')}`,
  ]);
  return {
    'task.ts': (kind === 'custom' ? CUSTOM : CLASSIFICATION)(name),
    ...Object.fromEntries(tables),
    'rlprompt.config.yaml': CONFIG,
    'task.test.mjs': TEST,
    'README.md': asStarted(README(name, kind)),
  };
}
