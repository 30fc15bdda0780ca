import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readClassifier } from '../../../src/cli/predict/read-classifier.js';
import { loadConfigFile } from '../../../src/config/files/config-file.js';
import { parseTable } from '../../../src/data/read-table.js';
import { readRewardedTexts, tokensOf } from '../../../src/decoding/rewarded-texts.js';
import { readRunRecord } from '../../../src/export/run-record.js';
import { DamagedTensors, decodeTensors, encodeTensors } from '../../../src/files/safetensors.js';
import { readCompletions, readMessage } from '../../../src/lm/endpoint/answers/completion-answer.js';
import { wordScores } from '../../../src/lm/endpoint/answers/word-scores.js';
import { readRankings } from '../../../src/preferences/ranking-file.js';
import { readRewardModel } from '../../../src/preferences/reward-model.js';
import { readLibrary } from '../../../src/prompt-library/library-file.js';
import { readTransferFile } from '../../../src/report/transfer-file.js';
import { readLatestCheckpoint } from '../../../src/run/checkpoint/checkpoint.js';
import { readPolicy } from '../../../src/run/policies/policy-file.js';
import { readBest } from '../../../src/run/store/best-file.js';
import { readEvents } from '../../../src/run/store/logs/event-log.js';
import { ScoreLog } from '../../../src/run/store/logs/score-log.js';
import { readManifest } from '../../../src/run/store/run-manifest.js';
import { followRun } from '../../follow-run.js';
import { SMALL_REWARD_MODEL } from '../../preferences/small-reward-model.js';
import { SMALL_RUN, writeSmallData } from '../../small-data.js';
import { allowNamed, fuzz, scratchFolder, TIMEOUT_MS } from './fuzz.js';
import { damaged, wrongJson } from './mutations.js';

const base = scratchFolder();

interface List {
  readonly good: readonly unknown[];
  readonly read: (file: string) => unknown;
}

const PAIR = { prompt: 'p', chosen: 'a', rejected: 'b' };
const RANKING = {
  context: 'c',
  items: ['one', 'two', 'three'],
  order: [[0], [1, 2]],
  rater: 'me',
  time: '2026-01-01T00:00:00Z',
};
const EXPORTED = {
  classifier: {
    prompt: 'p',
    template: '{input} {prompt}',
    words: [{ label: '0', words: ['bad', 'worse'], weights: [1, 2] }],
    demonstrations: [{ text: 't', label: '0', word: 'bad' }],
    offsets: [1],
  },
  target: 'm',
  normalise: 'none',
  digests: { targetLm: 'd' },
};
const MATRIX = {
  schemaVersion: 1,
  split: 'dev',
  rows: [{ prompt: 'p', origin: 'found' }],
  columns: [{ task: 't', targetLm: 'm', n: 3 }],
  cells: [[{ metrics: { accuracy: 1 }, reward: 2 }]],
};
const LIBRARY = {
  schemaVersion: 1,
  tasks: [
    {
      id: 'i',
      task: 't',
      signature: {
        template: '{input} {prompt}',
        words: ['bad'],
        labels: ['0'],
        targetLm: { name: 'm', digest: 'd' },
        features: [0.5],
      },
      runs: 2,
      prompts: [{ text: 'p', mean: 0.5, count: 3, best: 1 }],
    },
  ],
};
const TOKENIZER = { encode: () => [1], decode: () => 'b' };
const READER = { name: 'm', digest: 'd', tokenizer: TOKENIZER, vocabularySize: 3, contextLength: 8, endToken: 0 };
const REWARDED = Array.from({ length: 8 }, (_, i) => ({ prefix: 'a', text: 'b', tokenIds: [1, 2], reward: i }));

const LISTS: Readonly<Record<string, List>> = {
  rankings: { good: [PAIR, RANKING], read: readRankings },
  'a reward model': { good: [SMALL_REWARD_MODEL], read: readRewardModel },
  'a reward model of an earlier version': {
    good: [{ ...SMALL_REWARD_MODEL, heldOut: { accuracy: 0.5, pairs: 4, rankings: 3 } }],
    read: readRewardModel,
  },
  'a prompt library': { good: [LIBRARY], read: readLibrary },
  'an exported prompt': { good: [EXPORTED], read: (file) => readClassifier(file, 1) },
  'a transfer matrix': { good: [MATRIX], read: readTransferFile },
  'texts with rewards': { good: REWARDED, read: (file) => tokensOf(readRewardedTexts(file), READER) },
};

const LIKELY = [
  { token: ' a', logprob: -0.1 },
  { token: 'b', logprob: -2 },
];
const ANSWERS: Readonly<Record<string, { good: unknown; read: typeof readCompletions }>> = {
  'a chat': {
    good: {
      choices: [
        {
          index: 0,
          message: { content: ' a' },
          finish_reason: 'stop',
          logprobs: { content: [{ token: ' a', logprob: -0.1, top_logprobs: LIKELY }] },
        },
      ],
      usage: { prompt_tokens: 3, completion_tokens: 1 },
    },
    read: readCompletions,
  },
  'a continuation': {
    good: {
      choices: [
        { text: ' a', logprobs: { tokens: [' a'], token_logprobs: [-0.1], top_logprobs: [{ ' a': -0.1, b: -2 }] } },
      ],
    },
    read: readCompletions,
  },
  'a message': {
    good: {
      content: [{ type: 'text', text: 'a' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 1, output_tokens: 1 },
    },
    read: readMessage,
  },
};

describe('any file ends as a value or as an error with a name', { timeout: TIMEOUT_MS }, () => {
  it.for(['.csv', '.tsv', '.jsonl', '.json'])('data in a %s file', async (ending, context) => {
    const good = {
      '.csv': 'text,label\n"a, b",x\n"say ""yes""",y\r\nplain,x\n',
      '.tsv': 'text\tlabel\na b\tx\nsay "yes"\ty\n',
      '.jsonl': '{"text": "a", "label": "x"}\n{"text": "b\\n", "label": 1}\n',
      '.json': '[\n{"text": "a", "label": "x"},\n{"text": "b", "label": null}\n]',
    }[ending]!;
    const files = fc.tuple(damaged(Buffer.from(good)), fc.constantFrom('utf-8', 'auto'));
    await fuzz(context, files, ([bytes, encoding]) => parseTable(bytes, `data${ending}`, { encoding }));
  });

  it.for(['.yaml', '.json'])('a configuration in a %s file', async (ending, context) => {
    const good = { task: 'spam', steps: 5, verbalizer: { ham: 'list', spam: 'free' }, rewardTo: [0, 10] };
    const text =
      ending === '.json'
        ? JSON.stringify(good)
        : 'task: spam\nsteps: 5\nverbalizer:\n  ham: list\n  spam: "free"\nrewardTo: [0, 10]\n';
    const file = join(base, `rlprompt.config${ending}`);
    await fuzz(context, fc.oneof(damaged(Buffer.from(text)), wrongJson(good)), (content) => {
      writeFileSync(file, content);
      return loadConfigFile(file);
    });
  });

  it('every file of a run folder', async (context) => {
    const whole = join(base, 'whole');
    const folder = join(base, 'run');
    const small = { ...SMALL_RUN, innerSize: 2, steps: 2, checkpointEvery: 1 };
    const { error } = await followRun({ ...small, task: writeSmallData(base), out: whole });
    expect(error).toBeUndefined();
    cpSync(whole, folder, { recursive: true });
    const names = readdirSync(whole, { recursive: true })
      .map(String)
      .filter((name) => /\.\w+$/.test(name));
    expect(names.length).toBeGreaterThan(4);
    const good = new Map(names.map((name) => [name, readFileSync(join(whole, name))]));
    const files = fc
      .constantFrom(...good)
      .chain(([name, content]) => damaged(content).map((bytes) => ({ name, bytes, content })));
    await fuzz(context, files, async ({ name, bytes, content }) => {
      writeFileSync(join(folder, name), bytes);
      try {
        for (const read of readersOf(name)) await allowNamed(() => read(folder));
      } finally {
        // A log may have been cut to what is whole of it.
        writeFileSync(join(folder, name), content);
      }
    });
  });

  it('a safetensors file', async (context) => {
    const good = encodeTensors({
      metadata: { a: 'b' },
      tensors: { w: { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) } },
    });
    await fuzz(
      context,
      damaged(good),
      (bytes) => decodeTensors(bytes),
      (error) => error instanceof DamagedTensors,
    );
  });

  it.for(Object.keys(LISTS))('%s', async (name, context) => {
    const { good, read } = LISTS[name]!;
    const file = join(base, `${name.replaceAll(' ', '-')}.json`);
    const text = good.map((value) => JSON.stringify(value)).join('\n');
    const files = fc.oneof(...good.map(wrongJson), damaged(Buffer.from(text)));
    writeFileSync(file, text);
    await read(file);
    await fuzz(context, files, (content) => {
      writeFileSync(file, content);
      return read(file);
    });
  });

  it.for(Object.keys(ANSWERS))('an answer of %s', async (name, context) => {
    const { good, read } = ANSWERS[name]!;
    const url = new URL('http://127.0.0.1/v1');
    await fuzz(context, wrongJson(good), (content) => {
      for (const completion of read(JSON.parse(content), url).completions) wordScores(completion, ['a', 'b']);
    });
  });
});

/** What reads a file of a run folder. */
function readersOf(name: string): readonly ((runDir: string) => unknown)[] {
  if (name.startsWith('checkpoints')) return [readLatestCheckpoint, readPolicy];
  if (name === 'events.jsonl') return [(runDir) => [...readEvents(runDir)], readRunRecord];
  if (name === 'best.json') return [readBest, (runDir) => readClassifier(join(runDir, name), 1)];
  if (name === 'scores.bin') return [(runDir) => ScoreLog.open(runDir, { position: 1 }).close()];
  return [readManifest, readRunRecord];
}
