import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it, type TestContext } from 'vitest';
import { loadConfigFile } from '../../../src/config/files/config-file.js';
import { parseTable } from '../../../src/data/read-table.js';
import { RlpromptError } from '../../../src/errors.js';
import { readRunRecord } from '../../../src/export/run-record.js';
import { DamagedTensors, decodeTensors, encodeTensors } from '../../../src/files/safetensors.js';
import { readCompletions, readMessage } from '../../../src/lm/endpoint/answers/completion-answer.js';
import { wordScores } from '../../../src/lm/endpoint/answers/word-scores.js';
import { chatRenderer, readChatTemplate } from '../../../src/lm/model/chat-template.js';
import { loadTokenizer } from '../../../src/lm/model/tokenizer.js';
import { inspectModel } from '../../../src/lm/onnx/families/inspect-model.js';
import { readRankings } from '../../../src/preferences/ranking-file.js';
import { readRewardModel } from '../../../src/preferences/reward-model.js';
import { readLibrary } from '../../../src/prompt-library/library-file.js';
import { readLatestCheckpoint } from '../../../src/run/checkpoint/checkpoint.js';
import { readPolicy } from '../../../src/run/policies/policy-file.js';
import { readBest } from '../../../src/run/store/best-file.js';
import { readEvents } from '../../../src/run/store/event-log.js';
import { readManifest } from '../../../src/run/store/run-manifest.js';
import { ScoreLog } from '../../../src/run/store/score-log.js';
import { TINY_MODEL } from '../../cli/spawn-cli.js';
import { followRun } from '../../follow-run.js';
import { SMALL_RUN, writeSmallData } from '../../small-data.js';
import { tell } from '../report/figures.js';
import { damaged, RUNS, wrongJson } from './mutations.js';

const base = mkdtempSync(join(tmpdir(), 'rlprompt-fuzz-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Generous on a busy machine: a reader that hangs takes for ever. A tokenizer has two seconds for a pattern. */
const MOST_MS = 8000;
const TIMEOUT_MS = 120_000 + RUNS * 100;

/** Reads each file; what comes of it must be a value or an error with a name, in time. */
async function fuzz<T>(
  context: TestContext,
  files: fc.Arbitrary<T>,
  read: (file: T) => unknown,
  isExpected: (error: unknown) => boolean = (error) => error instanceof RlpromptError && error.code !== 'E_INTERNAL',
): Promise<void> {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(files, async (file) => {
      const since = performance.now();
      try {
        await read(file);
      } catch (error) {
        if (!isExpected(error)) throw error;
      }
      count += 1;
      expect(performance.now() - since).toBeLessThan(MOST_MS);
    }),
    { numRuns: RUNS, seed: 19, endOnFailure: true },
  );
  tell(context, { cases: count });
}

/** A folder with a copy of a small model, of which one file is changed. */
function modelCopy(name: string, file: string): { folder: string; put: (content: string | Uint8Array) => void } {
  const folder = join(base, name);
  cpSync(TINY_MODEL, folder, { recursive: true });
  return { folder, put: (content) => writeFileSync(join(folder, file), content) };
}

const jsonOf = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

describe('any file ends as a value or as an error with a name', { timeout: TIMEOUT_MS }, () => {
  it('a model', async (context) => {
    const { folder, put } = modelCopy('model', 'onnx/model.onnx');
    await fuzz(context, damaged(readFileSync(join(TINY_MODEL, 'onnx/model.onnx'))), (bytes) => {
      put(bytes);
      return inspectModel(folder);
    });
  });

  it('the configuration of a model', async (context) => {
    const { folder, put } = modelCopy('config', 'config.json');
    const good = readFileSync(join(TINY_MODEL, 'config.json'));
    await fuzz(context, fc.oneof(damaged(good), wrongJson(jsonOf(join(TINY_MODEL, 'config.json')))), (content) => {
      put(content);
      return inspectModel(folder);
    });
  });

  it.for(['gpt2', 'bert-uncased', 'llama2', 't5', 'wordlevel'])('the tokenizer %s', async (name, context) => {
    const folder = join(base, `tokenizer-${name}`);
    const own = join(import.meta.dirname, '../../fixtures/tokenizers', name);
    cpSync(own, folder, { recursive: true });
    const file = join(folder, 'tokenizer.json');
    const good = readFileSync(file);
    await fuzz(
      context,
      fc.oneof({ weight: 3, arbitrary: wrongJson(JSON.parse(good.toString())) }, damaged(good)),
      async (content) => {
        writeFileSync(file, content);
        const tokenizer = await loadTokenizer(folder);
        for (const text of ['', 'a', 'Two words, naïve 12!\n', ' 👩‍💻']) {
          const ids = tokenizer.encode(text, { special: true });
          tokenizer.decode(ids);
          for (const id of ids) [tokenizer.piece(id), tokenizer.bytes(id)];
        }
        tokenizer.decode([0, 1, 2, 99_999]);
      },
    );
  });

  it('a chat template', async (context) => {
    const { folder, put } = modelCopy('chat', 'chat_template.jinja');
    const good =
      "{{ bos_token }}{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] | trim }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";
    await fuzz(context, damaged(Buffer.from(good)), async (content) => {
      put(content);
      const template = readChatTemplate(folder);
      if (template) (await chatRenderer(template, 'a model'))([{ role: 'user', content: 'a text' }], { isOpen: true });
    });
  });

  it.for(['.csv', '.tsv', '.jsonl', '.json'])('data in a %s file', async (ending, context) => {
    const good = {
      '.csv': 'text,label\n"a, b",x\n"say ""yes""",y\r\nplain,x\n',
      '.tsv': 'text\tlabel\na b\tx\nsay "yes"\ty\n',
      '.jsonl': '{"text": "a", "label": "x"}\n{"text": "b\\n", "label": 1}\n',
      '.json': '[\n{"text": "a", "label": "x"},\n{"text": "b", "label": null}\n]',
    }[ending]!;
    for (const encoding of ['utf-8', 'auto'])
      await fuzz(context, damaged(Buffer.from(good)), (bytes) => parseTable(bytes, `data${ending}`, { encoding }));
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
    const { error } = await followRun({ ...SMALL_RUN, task: writeSmallData(base), out: whole, steps: 4 });
    expect(error).toBeUndefined();
    cpSync(whole, folder, { recursive: true });
    const names = readdirSync(whole, { recursive: true })
      .map(String)
      .filter((name) => /\.\w+$/.test(name));
    expect(names.length).toBeGreaterThan(4);
    const files = fc
      .constantFrom(...names)
      .chain((name) => damaged(readFileSync(join(whole, name))).map((bytes) => ({ name, bytes })));
    const READERS: ((runDir: string) => unknown)[] = [
      readManifest,
      readBest,
      readRunRecord,
      (runDir) => [...readEvents(runDir)],
      (runDir) => readLatestCheckpoint(runDir),
      (runDir) => ScoreLog.open(runDir, { position: 1 }).close(),
      readPolicy,
    ];
    await fuzz(context, files, ({ name, bytes }) => {
      writeFileSync(join(folder, name), bytes);
      try {
        for (const read of READERS) allowNamed(() => read(folder));
      } finally {
        cpSync(join(whole, name), join(folder, name));
        // The log may have been cut to what is whole of it.
        for (const log of names.filter((each) => each.endsWith('.bin'))) cpSync(join(whole, log), join(folder, log));
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

  it('rankings, a reward model and a prompt library', async (context) => {
    mkdirSync(join(base, 'lists'));
    const ranking = {
      context: 'c',
      items: ['one', 'two', 'three'],
      order: [[0], [1, 2]],
      rater: 'me',
      time: '2026-01-01T00:00:00Z',
    };
    const pair = { prompt: 'p', chosen: 'a', rejected: 'b' };
    const rankings = join(base, 'lists/rankings.jsonl');
    await fuzz(
      context,
      fc.oneof(
        wrongJson(ranking),
        wrongJson(pair),
        damaged(Buffer.from(`${JSON.stringify(pair)}\n${JSON.stringify(ranking)}\n`)),
      ),
      (content) => {
        writeFileSync(rankings, content);
        return readRankings(rankings);
      },
    );
    const model = {
      schemaVersion: 1,
      lm: { name: 'm', digest: 'd' },
      centre: [0, 1],
      scale: [1, 1],
      weights: [0.5, 1],
      offset: 0,
    };
    for (const read of [readRewardModel, readLibrary]) {
      const file = join(base, 'lists/model.json');
      await fuzz(context, fc.oneof(wrongJson(model), damaged(Buffer.from(JSON.stringify(model)))), (content) => {
        writeFileSync(file, content);
        return read(file);
      });
    }
  });

  it('an answer of a service', async (context) => {
    const url = new URL('http://127.0.0.1/v1');
    const likely = [
      { token: ' a', logprob: -0.1 },
      { token: 'b', logprob: -2 },
    ];
    const chat = {
      choices: [
        {
          index: 0,
          message: { content: ' a' },
          finish_reason: 'stop',
          logprobs: { content: [{ token: ' a', logprob: -0.1, top_logprobs: likely }] },
        },
      ],
      usage: { prompt_tokens: 3, completion_tokens: 1 },
    };
    const text = {
      choices: [
        { text: ' a', logprobs: { tokens: [' a'], token_logprobs: [-0.1], top_logprobs: [{ ' a': -0.1, b: -2 }] } },
      ],
    };
    const message = {
      content: [{ type: 'text', text: 'a' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 1, output_tokens: 1 },
    };
    for (const [good, read] of [
      [chat, readCompletions],
      [text, readCompletions],
      [message, readMessage],
    ] as const) {
      await fuzz(context, wrongJson(good), (content) => {
        for (const completion of read(JSON.parse(content), url).completions) wordScores(completion, ['a', 'b']);
      });
    }
  });
});

/** Passes over the refusals of one reader, so that the others see the file, too. */
function allowNamed(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof RlpromptError) || error.code === 'E_INTERNAL') throw error;
  }
}
