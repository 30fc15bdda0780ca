import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AutoTokenizer, type PreTrainedTokenizer } from '@huggingface/transformers';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, expect, test } from 'vitest';

const FOLDER = fileURLToPath(new URL('../../models/mail-gpt-4m', import.meta.url));
const GOLDEN = new URL('../fixtures/embedded/mail-gpt-4m.json', import.meta.url);
const { items } = JSON.parse(readFileSync(GOLDEN, 'utf8')) as {
  items: { text: string; tokenIds: number[]; lastLogits: Record<string, number> }[];
};

let tokenizer: PreTrainedTokenizer;
let session: InferenceSession;

beforeAll(async () => {
  tokenizer = await AutoTokenizer.from_pretrained(FOLDER, { local_files_only: true });
  session = await InferenceSession.create(`${FOLDER}/onnx/model.onnx`);
});

/** Runs rows padded on the right and returns the logits, [rows, width, vocabulary]. */
async function logits(rows: number[][]): Promise<{ data: Float32Array; width: number; vocabulary: number }> {
  const width = Math.max(...rows.map((row) => row.length));
  const ints = (value: (row: number[], at: number) => number) =>
    new Tensor(
      'int64',
      BigInt64Array.from(rows.flatMap((row) => Array.from({ length: width }, (_, at) => BigInt(value(row, at))))),
      [rows.length, width],
    );
  const feeds: Record<string, Tensor> = {
    input_ids: ints((row, at) => row[at] ?? 0),
    attention_mask: ints((row, at) => (at < row.length ? 1 : 0)),
    position_ids: ints((_, at) => at),
  };
  for (const name of session.inputNames.filter((name) => name.startsWith('past_key_values')))
    feeds[name] = new Tensor('float32', new Float32Array(0), [rows.length, 4, 0, 64]);
  const { logits } = await session.run(feeds);
  return { data: logits!.data as Float32Array, width, vocabulary: logits!.dims[2]! };
}

test('the embedded model stays within its size', () => {
  expect(statSync(`${FOLDER}/onnx/model.onnx`).size).toBeLessThan(16e6);
});

test('its tokenizer gives the ids of the training and the text back', () => {
  for (const { text, tokenIds } of items) {
    expect(tokenizer.encode(text)).toEqual(tokenIds);
    expect(tokenizer.decode(tokenIds)).toBe(text);
  }
  const odd = 'Préfixe  café, 100 % – 漢字\nnew line';
  expect(tokenizer.decode(tokenizer.encode(odd))).toBe(odd);
});

test('its logits are those of PyTorch, in a batch of rows of different lengths', async () => {
  const { data, width, vocabulary } = await logits(items.map((item) => item.tokenIds));
  for (const [row, { tokenIds, lastLogits }] of items.entries()) {
    const last = (row * width + tokenIds.length - 1) * vocabulary;
    for (const [id, expected] of Object.entries(lastLogits)) expect(data[last + Number(id)]).toBeCloseTo(expected, 3);
  }
});

test('a row gets the same logits alone and beside others', async () => {
  const rows = items.map((item) => item.tokenIds);
  const together = await logits(rows);
  for (const [index, row] of rows.entries()) {
    const alone = await logits([row]);
    const at = index * together.width * together.vocabulary;
    const beside = together.data.subarray(at, at + alone.data.length);
    expect(Math.max(...alone.data.map((value, i) => Math.abs(value - beside[i]!)))).toBeLessThan(1e-4);
  }
});

test('it likes what mails say better than noise', async () => {
  const row = tokenizer.encode('Please let me know if you have any questions or');
  const { data, vocabulary, width } = await logits([row]);
  const last = data.subarray((width - 1) * vocabulary, width * vocabulary);
  const [likely] = tokenizer.encode(' comments');
  const [unlikely] = tokenizer.encode(' Linux');
  expect(last[likely!]).toBeGreaterThan(last[unlikely!]! + 1);
});
