import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { emptyFolder, runCli } from '../cli/spawn-cli.js';
import { FakeService } from '../lm/endpoint/fake-service.js';
import { writeSmallData } from '../small-data.js';
import { tell } from './report/figures.js';

/** Holds what a URL, a header and a shell each write in another way. */
const KEY = 'sk-canary-4f/+=hunter2';
const FORMS = [KEY, encodeURIComponent(KEY), Buffer.from(KEY).toString('base64').replaceAll('=', '')];
const SECRETS = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'HF_TOKEN', 'RLPROMPT_REDIS_PASSWORD'];

const cwd = emptyFolder();
const cache = join(cwd, 'cache');
let service: FakeService;
let hub: Server;

beforeAll(async () => {
  writeSmallData(cwd);
  writeFileSync(
    join(cwd, 'nosy.task.mjs'),
    `export default { kind: 'custom', name: 'nosy', examples: { train: [{ text: 'a' }], dev: [{ text: 'b' }], test: [{ text: 'c' }] },
      async reward(batch, context) { context.log(JSON.stringify(process.env)); throw new Error(JSON.stringify(process.env)); } };\n`,
  );
  service = await FakeService.start(() => [{ list: -0.1, free: -2 }]);
  hub = createServer((request, response) => response.writeHead(401).end(`no: ${request.headers.authorization}`));
  await new Promise<void>((done) => hub.listen(0, '127.0.0.1', done));
});
afterAll(async () => {
  await service.close();
  hub.close();
});

function everyFile(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile());
}

it('no access key is in any file or output of eleven commands, most of which fail', async (context) => {
  const fast = [
    ...['--verbalizer', 'ham=list,spam=free', '--shots', '3', '--inner-size', '64', '--steps', '1'],
    ...['--prompts-per-step', '2', '--ui', 'json'],
  ];
  const remote = ['--target', 'openai:any', '--endpoint', service.endpoint, '--endpoint-timeout', '2'];
  const address = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`;
  const env = {
    ...Object.fromEntries(SECRETS.map((name) => [name, KEY])),
    RLPROMPT_DEBUG: '1',
    RLPROMPT_CACHE_DIR: cache,
    HF_ENDPOINT: address,
  };
  const answers: Readonly<Record<string, (status: import('node:http').ServerResponse) => void>> = {
    refused: (response) => response.writeHead(401).end(`invalid key ${KEY}`),
    redirected: (response) => response.writeHead(307, { location: `${address}/?key=${KEY}` }).end(),
    garbled: (response) => response.writeHead(400).end(`{"error":"${KEY}`),
  };
  const outputs: string[] = [];
  const exits: (number | null)[] = [];
  const note = async (...args: string[]): Promise<void> => {
    const { code, stdout, stderr } = await runCli(args, { cwd, env });
    exits.push(code);
    outputs.push(stdout, stderr);
  };
  await note('run', 'small.csv', ...fast, ...remote, '--out', 'good', '--json');
  for (const [name, answer] of Object.entries(answers)) {
    service.interfere = (response) => {
      answer(response);
      return true;
    };
    await note('run', 'small.csv', ...fast, ...remote, '--out', name);
  }
  await note('run', 'small.csv', ...fast, '--target', 'some/model', '--out', 'hub');
  await note('run', 'small.csv', ...fast, '--queue', 'redis://127.0.0.1:9', '--out', 'queue');
  await note('run', 'nosy.task.mjs', '--inner-size', '64', '--steps', '1', '--ui', 'json', '--out', 'nosy');
  await note('config', 'print', 'spam', '--sources');
  await note('report', 'good', '--out', 'report.html');
  await note('export', 'good', '--format', 'json', '--out', 'good.json');
  await note('doctor', ...remote);
  expect(exits[0]).toBe(0);
  expect(exits.slice(7, 10)).toEqual([0, 0, 0]);
  expect(exits.slice(1, 7).every((code) => code !== 0)).toBe(true);
  expect(service.requests.length).toBeGreaterThan(3);
  expect(service.requests[0]!.headers.authorization).toBe(`Bearer ${KEY}`);

  const files = everyFile(cwd);
  expect(files.length).toBeGreaterThan(6);
  const places = [...outputs, ...files.map((file) => readFileSync(file, 'latin1'))];
  const found = places.filter((text) => FORMS.some((form) => text.includes(form)));
  expect(found).toEqual([]);
  tell(context, { placesSearched: places.length, secrets: found.length });
}, 300_000);
