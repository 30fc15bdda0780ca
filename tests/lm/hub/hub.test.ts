import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { findHubModel, pinHubName, pullHubModel } from '../../../src/lm/hub/hub.js';
import { readHubSettings, Secret } from '../../../src/lm/hub/hub-settings.js';
import { loadLanguageModel } from '../../../src/lm/load.js';
import { golden, HUB_LIKE } from '../onnx/hub-like.js';
import { startTunnelProxy } from '../tunnel-proxy.js';
import { COMMIT, FakeHub, sendContent, sha256 } from './fake-hub.js';

const FIXTURE = join(HUB_LIKE, 'llama-external');
const FILES = [
  'config.json',
  'generation_config.json',
  'onnx/model.onnx',
  'onnx/model.onnx_data',
  'special_tokens_map.json',
  'tokenizer.json',
  'tokenizer_config.json',
];

let folder: string;
let hub: FakeHub;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rlprompt-hub-'));
  hub = await FakeHub.start(FIXTURE, (path) => path !== 'golden.json');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

const snapshot = () => join(folder, 'models', 'org--name', COMMIT);
const filesIn = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();
const halfFiles = () => filesIn(join(folder, 'models', 'org--name', 'partial'));

function expectWhole(): void {
  expect(filesIn(snapshot())).toEqual(FILES);
  for (const path of FILES) expect(readFileSync(join(snapshot(), path))).toEqual(readFileSync(join(FIXTURE, path)));
  expect(halfFiles()).toEqual([]);
}

describe('a model of the hub', () => {
  it('is downloaded with what one number format needs, and computes what it should', async () => {
    vi.stubEnv('HF_ENDPOINT', hub.endpoint);
    vi.stubEnv('RLPROMPT_CACHE_DIR', folder);
    vi.stubEnv('HF_HOME', join(folder, 'python'));
    const seen: string[] = [];
    const model = await loadLanguageModel('org/name', { dtype: 'fp32', onProgress: ({ file }) => seen.push(file) });
    expectWhole();
    expect(new Set(seen)).toEqual(new Set(FILES));
    const [item] = golden('llama-external').items;
    const { hidden } = await model.capabilities.hiddenStates!.begin([item!.ids]);
    expect(hidden[0]).toBeCloseTo(item!.lastHidden[0]!, 4);
    await model.dispose();
  });

  it('is not asked for again once it is there, and works without a network', async () => {
    await findHubModel('org/name', { settings: hub.settings(folder), dtype: 'fp32' });
    const asked = hub.requests.length;
    const again = await findHubModel('org/name', { settings: hub.settings(folder, { offline: true }), dtype: 'fp32' });
    expect(again).toMatchObject({ path: snapshot(), commit: COMMIT, fetchedBytes: 0 });
    expect(hub.requests.length).toBe(asked);
  });

  it('is downloaded with both halves of an encoder-decoder', async () => {
    const t5 = await FakeHub.start(join(HUB_LIKE, '../families/t5'), (path) => path !== 'golden.json');
    onTestFinished(() => t5.close());
    const { path } = await findHubModel('org/name', { settings: t5.settings(folder), dtype: 'fp32' });
    expect(filesIn(path)).toEqual([
      'config.json',
      'onnx/decoder_model_merged.onnx',
      'onnx/encoder_model.onnx',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
  });

  it('gets another number format without the files it has', async () => {
    await findHubModel('org/name', { settings: hub.settings(folder), dtype: 'fp32' });
    const before = hub.asked('resolve');
    await findHubModel('org/name', { settings: hub.settings(folder), dtype: 'q4' });
    expect(hub.asked('resolve') - before).toBe(2);
    expect(filesIn(snapshot())).toEqual([...FILES, 'onnx/model_q4.onnx', 'onnx/model_q4.onnx_data'].sort());
  });

  it('stays the commit it was until it is pulled', async () => {
    const settings = hub.settings(folder);
    await findHubModel('org/name', { settings, dtype: 'fp32' });
    const later = '1'.repeat(40);
    hub.revisions.set('main', later);
    hub.revisions.set('v1', COMMIT);
    expect((await findHubModel('org/name', { settings, dtype: 'fp32' })).commit).toBe(COMMIT);
    expect((await findHubModel('org/name', { settings, dtype: 'q4' })).commit).toBe(COMMIT);
    expect(await pinHubName('org/name', { settings, dtype: 'fp32' })).toBe(`org/name@${COMMIT}`);
    expect((await pullHubModel('org/name', { settings, dtype: 'fp32' })).commit).toBe(later);
    expect((await findHubModel('org/name', { settings, dtype: 'fp32' })).commit).toBe(later);
    expect((await findHubModel('org/name@v1', { settings, dtype: 'fp32' })).commit).toBe(COMMIT);
  });

  it('resumes where a broken connection stopped, asking for the rest only', async () => {
    const data = hub.files.get('onnx/model.onnx_data')!.content;
    let cuts = 0;
    hub.onStore = (request, response) => {
      if (!request.url!.includes(sha256(data)) || cuts++ > 0) return false;
      response.writeHead(200, { 'content-length': data.length, etag: `"${sha256(data).slice(0, 32)}"` });
      response.write(data.subarray(0, 150_000), () => setTimeout(() => response.destroy(), 50));
      return true;
    };
    await findHubModel('org/name', { settings: hub.settings(folder), dtype: 'fp32' });
    expectWhole();
    const second = hub.requests.filter(({ host, url }) => host === 'store' && url.includes(sha256(data)))[1]!;
    expect(second.headers.range).toBe('bytes=150000-');
    expect(second.headers['if-range']).toBe(`"${sha256(data).slice(0, 32)}"`);
  });

  it('begins again where the server answers a range with the whole file', async () => {
    const data = hub.files.get('onnx/model.onnx_data')!.content;
    let cuts = 0;
    hub.onStore = (request, response) => {
      if (!request.url!.includes(sha256(data))) return false;
      if (cuts++ === 0) {
        response.writeHead(200, { 'content-length': data.length });
        response.write(data.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 50));
      } else response.writeHead(200, { 'content-length': data.length }).end(data);
      return true;
    };
    await findHubModel('org/name', { settings: hub.settings(folder), dtype: 'fp32' });
    expectWhole();
  });

  it('bears errors of the server and waits as long as it asks', async () => {
    let failures = 0;
    hub.onHub = (_, response) => {
      if (failures >= 3) return false;
      const answers = [500, 429, 503];
      response.writeHead(answers[failures++]!, failures === 2 ? { 'retry-after': '0.2' } : {}).end();
      return true;
    };
    const since = performance.now();
    await findHubModel('org/name', { settings: hub.settings(folder), dtype: 'fp32' });
    expect(performance.now() - since).toBeGreaterThan(200);
    expectWhole();
  });

  it('gives up after five attempts, or where it should wait for long', async () => {
    hub.onHub = (_, response) => !!response.writeHead(503).end();
    const settings = hub.settings(folder);
    await expect(findHubModel('org/name', { settings })).rejects.toMatchObject({
      code: 'E_HUB_UNAVAILABLE',
      exitCode: 69,
    });
    expect(hub.requests.length).toBe(5);
    hub.onHub = (_, response) => !!response.writeHead(429, { 'retry-after': '9000000000' }).end();
    await expect(findHubModel('org/name', { settings })).rejects.toMatchObject({ code: 'E_HUB_BUSY', exitCode: 75 });
    expect(hub.requests.length).toBe(6);
  });

  it.each(['listing', 'file'])('gives up a server that sends a byte of its %s now and then', async (what) => {
    const drip = (response: ServerResponse, type: string, length: number) => {
      response.writeHead(200, { 'content-type': type, 'content-length': length });
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
      return true;
    };
    const data = hub.files.get('onnx/model.onnx_data')!.content;
    if (what === 'listing') hub.onHub = (_, response) => drip(response, 'application/json', 100_000);
    else
      hub.onStore = (request, response) =>
        request.url!.includes(sha256(data)) && drip(response, 'application/octet-stream', data.length);
    const settings = hub.settings(folder, { timeoutMs: 100 });
    await expect(findHubModel('org/name', { settings, dtype: 'fp32' })).rejects.toMatchObject({
      code: 'E_HUB_UNAVAILABLE',
      message: expect.stringMatching(/sent \d+ bytes in \d+ s; tried 5 times/),
    });
  });

  it('gives up a server that sends nothing', async () => {
    hub.onHub = () => true;
    const settings = hub.settings(folder, { timeoutMs: 100 });
    await expect(findHubModel('org/name', { settings })).rejects.toMatchObject({ code: 'E_HUB_UNAVAILABLE' });
  });

  it.each([
    [401, 'E_HUB_FORBIDDEN', 77],
    [403, 'E_HUB_FORBIDDEN', 77],
    [404, 'E_HUB_NOT_FOUND', 66],
    [418, 'E_HUB_PROTOCOL', 76],
  ])('is refused at once by an answer %i', async (status, code, exitCode) => {
    hub.onHub = (_, response) => !!response.writeHead(status).end();
    const rejected = findHubModel('org/name', { settings: hub.settings(folder) });
    await expect(rejected).rejects.toMatchObject({ code, exitCode });
    expect(hub.requests.length).toBe(1);
  });

  it('says which revision, number format or file there is not, and what there is', async () => {
    const settings = hub.settings(folder);
    await expect(findHubModel('org/name@v9', { settings })).rejects.toMatchObject({ message: 'no such revision' });
    await expect(findHubModel('org/name', { settings, dtype: 'fp16' })).rejects.toMatchObject({
      code: 'E_HUB_DTYPE_MISSING',
      exitCode: 66,
      message: expect.stringContaining('onnx/model_q4.onnx'),
      next: 'use --dtype fp32|q4',
    });
    await expect(findHubModel('org/name', { settings, dtype: 'fp23' })).rejects.toMatchObject({
      code: 'E_DTYPE',
      message: expect.stringContaining('did you mean'),
    });
    for (const path of FILES) if (path.startsWith('onnx')) hub.files.delete(path);
    hub.files.delete('onnx/model_q4.onnx');
    hub.files.set('model.safetensors', { content: Buffer.from('weights'), isLarge: true });
    await expect(findHubModel('org/name', { settings })).rejects.toMatchObject({
      code: 'E_HUB_FILE_MISSING',
      message: expect.stringContaining('model.safetensors'),
      next: expect.stringContaining('optimum-cli'),
    });
  });

  it.each([
    '../x/y',
    'org/..',
    'org/na\\me',
    'org/name@../..',
    'org/name@/etc',
    'org/name@a\0b',
    'C:/name',
    'org/a--b',
  ])('is refused by the name %j', async (name) => {
    const settings = hub.settings(folder);
    await expect(findHubModel(name, { settings })).rejects.toMatchObject({ code: 'E_HUB_NAME', exitCode: 78 });
    expect(hub.requests).toEqual([]);
  });
});

describe('what the hub sends', () => {
  const wrong = (content: Buffer, type = 'application/octet-stream') => {
    hub.onStore = (_, response) => {
      response.writeHead(200, { 'content-type': type, 'content-length': content.length }).end(content);
      return true;
    };
    return findHubModel('org/name', { settings: hub.settings(folder), dtype: 'fp32' });
  };

  it('is refused where its hash is wrong, and nothing of it is kept', async () => {
    const content = Buffer.from(hub.files.get('onnx/model.onnx')!.content);
    content[1000]! ^= 1;
    await expect(wrong(content)).rejects.toMatchObject({ code: 'E_HUB_PROTOCOL', exitCode: 76 });
    expect(existsSync(join(snapshot(), 'onnx'))).toBe(false);
    expect(halfFiles()).toEqual([]);
  });

  it('is refused where it is longer or shorter than announced', async () => {
    const { content } = hub.files.get('onnx/model.onnx')!;
    await expect(wrong(Buffer.concat([content, content]))).rejects.toMatchObject({ code: 'E_HUB_PROTOCOL' });
    await expect(wrong(content.subarray(0, -20))).rejects.toMatchObject({ code: 'E_HUB_PROTOCOL' });
    expect(halfFiles()).toEqual([]);
  });

  it('is refused where it is a web page', async () => {
    const page = Buffer.from('<html>please log in</html>');
    await expect(wrong(page, 'text/html; charset=utf-8')).rejects.toMatchObject({
      code: 'E_HUB_PROTOCOL',
      message: expect.stringContaining('web page'),
    });
    hub.onHub = (_, response) => !!response.writeHead(200, { 'content-type': 'text/html' }).end(page);
    await expect(findHubModel('org/name', { settings: hub.settings(folder) })).rejects.toMatchObject({
      code: 'E_HUB_PROTOCOL',
      message: expect.stringContaining('expected JSON'),
    });
  });

  it('is refused where it is a Git LFS pointer, also if the listing announces just that', async () => {
    const pointer = Buffer.from(
      `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 123456\n`,
    );
    await expect(wrong(pointer)).rejects.toMatchObject({ code: 'E_HUB_LFS_POINTER', exitCode: 65 });
    hub.files.set('onnx/model.onnx', { content: pointer, isLarge: false });
    await expect(findHubModel('org/name', { settings: hub.settings(folder), dtype: 'fp32' })).rejects.toMatchObject({
      code: 'E_HUB_LFS_POINTER',
    });
    expect(existsSync(join(snapshot(), 'onnx', 'model.onnx'))).toBe(false);
  });

  it('is checked by the hashes of the answers where the listing has none', async () => {
    hub.listing = (siblings) => siblings.map(({ rfilename }) => ({ rfilename }));
    await findHubModel('org/name', { settings: hub.settings(folder), dtype: 'fp32' });
    expectWhole();
  });

  it('never leaves the cache folder', async () => {
    hub.listing = (siblings) => [
      ...siblings.filter(({ rfilename }) => !String(rfilename).includes('onnx_data')),
      { ...siblings[0], rfilename: 'onnx/model.onnx_data/../../../../../escaped' },
    ];
    const settings = hub.settings(folder);
    await expect(findHubModel('org/name', { settings, dtype: 'fp32' })).rejects.toMatchObject({ code: 'E_HUB_PATH' });
    hub.listing = (siblings) => siblings;
    mkdirSync(snapshot(), { recursive: true });
    const elsewhere = mkdtempSync(join(tmpdir(), 'rlprompt-elsewhere-'));
    onTestFinished(() => rmSync(elsewhere, { recursive: true }));
    symlinkSync(elsewhere, join(snapshot(), 'onnx'));
    await expect(findHubModel('org/name', { settings, dtype: 'fp32' })).rejects.toMatchObject({ code: 'E_HUB_PATH' });
    expect(readdirSync(elsewhere)).toEqual([]);
    expect(readdirSync(folder)).toEqual(['models']);
  });

  it('is a commit, and the one asked for', async () => {
    hub.onHub = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ sha: '../../escaped', siblings: [] }));
      return true;
    };
    const settings = hub.settings(folder);
    await expect(findHubModel('org/name', { settings })).rejects.toMatchObject({ code: 'E_HUB_PROTOCOL' });
    hub.onHub = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ sha: '2'.repeat(40), siblings: [] }));
      return true;
    };
    await expect(findHubModel(`org/name@${COMMIT}`, { settings })).rejects.toMatchObject({ code: 'E_HUB_PROTOCOL' });
  });
});

describe('the cache of models', () => {
  it('fetches a damaged file again, and keeps the damaged one aside', async () => {
    const settings = hub.settings(folder);
    await findHubModel('org/name', { settings, dtype: 'fp32' });
    const path = join(snapshot(), 'onnx', 'model.onnx');
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, -1));
    await expect(
      findHubModel('org/name', { settings: { ...settings, offline: true }, dtype: 'fp32' }),
    ).rejects.toMatchObject({
      code: 'E_HUB_OFFLINE',
      exitCode: 69,
      where: snapshot(),
    });
    await findHubModel('org/name', { settings, dtype: 'fp32' });
    expect(readFileSync(path)).toEqual(whole);
    const changed = Buffer.from(whole);
    changed[5000]! ^= 1;
    writeFileSync(path, changed);
    await pullHubModel('org/name', { settings, dtype: 'fp32' });
    expect(readFileSync(path)).toEqual(whole);
    expect(readdirSync(join(snapshot(), 'onnx')).filter((name) => name.includes('.corrupt-')).length).toBe(2);
  });

  it('lends what Python has downloaded, and leaves it as it is', async () => {
    const settings = hub.settings(folder, { offline: true });
    const python = join(settings.pythonCache, 'models--org--name');
    const target = join(python, 'snapshots', COMMIT);
    mkdirSync(join(target, 'onnx'), { recursive: true });
    for (const path of FILES) writeFileSync(join(target, path), readFileSync(join(FIXTURE, path)));
    mkdirSync(join(python, 'refs'));
    writeFileSync(join(python, 'refs', 'main'), COMMIT);
    expect(await findHubModel('org/name', { settings, dtype: 'fp32' })).toMatchObject({ path: target, commit: COMMIT });
    await expect(findHubModel('org/name', { settings, dtype: 'q4' })).rejects.toMatchObject({ code: 'E_HUB_OFFLINE' });
    expect(existsSync(settings.modelsFolder)).toBe(false);
  });

  it('has its space checked before the first byte', async () => {
    hub.listing = (siblings) => siblings.map((file) => ({ ...file, lfs: { sha256: '0'.repeat(64), size: 2 ** 52 } }));
    await expect(findHubModel('org/name', { settings: hub.settings(folder), dtype: 'fp32' })).rejects.toMatchObject({
      code: 'E_DISK_SPACE',
      exitCode: 74,
    });
    expect(hub.asked('resolve')).toBe(0);
  });

  it('serves two processes at once, and clears up after one that was killed', async () => {
    const { content } = hub.files.get('onnx/model.onnx_data')!;
    hub.onStore = (request, response) => {
      if (!request.url!.includes(sha256(content))) return false;
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 120_000));
      return true;
    };
    const doomed = pullInProcess();
    await vi.waitFor(() => expect(halfFiles().length).toBe(1), { timeout: 20_000, interval: 20 });
    await vi.waitFor(() => expect(readFileSync(join(partial(), halfFiles()[0]!)).length).toBe(120_000), {
      timeout: 5000,
    });
    doomed.kill('SIGKILL');
    await once(doomed, 'exit');
    expect(filesIn(snapshot())).not.toContain('onnx/model.onnx_data');
    writeFileSync(join(partial(), `${'a'.repeat(64)}.00000000-1-${'0'.repeat(36)}.incomplete`), 'of another machine');
    hub.onStore = () => false;
    hub.requests.length = 0;
    const both = [pullInProcess(), pullInProcess()];
    const exits = await Promise.all(both.map((child) => once(child, 'exit')));
    expect(exits.map(([code]) => code)).toEqual([0, 0]);
    const ranges = hub.requests.filter(({ url }) => url.includes(sha256(content))).map(({ headers }) => headers.range);
    expect(ranges).toContain('bytes=120000-');
    expect(halfFiles()).toEqual([expect.stringContaining('.00000000-1-')]);
    expect(filesIn(snapshot())).toEqual(FILES);
    for (const path of FILES) expect(readFileSync(join(snapshot(), path))).toEqual(readFileSync(join(FIXTURE, path)));
  });

  const partial = () => join(folder, 'models', 'org--name', 'partial');

  function pullInProcess() {
    const program = join(import.meta.dirname, '../../../bin/rlprompt.js');
    return spawn(process.execPath, [program, 'models', 'pull', 'org/name', '--dtype', 'fp32'], {
      env: { PATH: process.env.PATH, HOME: folder, RLPROMPT_CACHE_DIR: folder, HF_ENDPOINT: hub.endpoint },
      stdio: 'ignore',
    });
  }
});

describe('the access key', () => {
  it('goes to the hub and not to where it redirects, and is never shown', async () => {
    vi.stubEnv('HF_TOKEN', 'hf_canary0123456789');
    const { token } = readHubSettings(false);
    await findHubModel('org/name', { settings: hub.settings(folder, { token }), dtype: 'fp32' });
    const keys = { hub: new Set<unknown>(), store: new Set<unknown>() };
    for (const { host, headers } of hub.requests) keys[host].add(headers.authorization);
    expect(keys).toEqual({ hub: new Set(['Bearer hf_canary0123456789']), store: new Set([undefined]) });
    expect([`${token}`, JSON.stringify({ token }), inspect({ token })].join()).not.toContain('canary');
    hub.onHub = (_, response) => !!response.writeHead(401).end();
    const error = await findHubModel('org/other', { settings: hub.settings(folder, { token }) }).catch(
      (thrown) => thrown,
    );
    expect(inspect(error, { depth: 9 })).not.toContain('canary');
  });

  it('comes from a file where no variable holds it', () => {
    writeFileSync(join(folder, 'token'), 'hf_fromfile\n');
    expect(readHubSettings(false, { HF_HOME: folder }).token?.reveal()).toBe('hf_fromfile');
    expect(readHubSettings(false, { HF_HOME: '/nowhere', HF_TOKEN_PATH: join(folder, 'token') }).token?.reveal()).toBe(
      'hf_fromfile',
    );
    expect(readHubSettings(false, { HF_HOME: folder, HF_TOKEN: 'hf_first' }).token?.reveal()).toBe('hf_first');
    expect(() => readHubSettings(false, { HF_TOKEN: 'two words' })).toThrow(
      expect.objectContaining({ code: 'E_HUB_TOKEN' }),
    );
  });

  it('is dropped for good once a redirect has led away, even if it leads back', async () => {
    hub.onStore = (_, response) => !!response.writeHead(302, { location: `${hub.endpoint}/back` }).end();
    hub.onHub = (request, response) => {
      if (request.url !== '/back') return false;
      sendContent(hub.files.get('onnx/model.onnx')!.content, 'x', request, response);
      return true;
    };
    const settings = hub.settings(folder, { token: new Secret('hf_canary') });
    await findHubModel('org/name', { settings, dtype: 'fp32' }).catch(() => undefined);
    const back = hub.requests.find(({ url }) => url === '/back');
    expect(back).toBeDefined();
    expect(back!.headers.authorization).toBeUndefined();
  });
});

describe('the way to the hub', () => {
  it('is not taken offline', async () => {
    expect(readHubSettings(true, {}).offline).toBe(true);
    expect(readHubSettings(undefined, { HF_HUB_OFFLINE: '1' }).offline).toBe(true);
    expect(readHubSettings(undefined, { TRANSFORMERS_OFFLINE: 'yes' }).offline).toBe(true);
    expect(readHubSettings(undefined, { HF_HUB_OFFLINE: '0' }).offline).toBe(false);
    const settings = hub.settings(folder, { offline: true });
    await expect(findHubModel('org/name', { settings })).rejects.toMatchObject({ code: 'E_HUB_OFFLINE', exitCode: 69 });
    await expect(pullHubModel('org/name', { settings })).rejects.toMatchObject({ code: 'E_HUB_OFFLINE' });
    expect(hub.requests).toEqual([]);
  });

  it('fails at once where there is no connection, and says that there is no folder of that name either', async () => {
    vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:9');
    vi.stubEnv('RLPROMPT_CACHE_DIR', folder);
    await expect(loadLanguageModel('models/absent')).rejects.toMatchObject({
      code: 'E_HUB_UNREACHABLE',
      exitCode: 69,
      message: expect.stringContaining('models/absent is not a folder here'),
    });
  });

  it('goes through the proxy that the environment names', async () => {
    const { url, tunnels } = await startTunnelProxy();
    vi.stubEnv('http_proxy', url);
    vi.stubEnv('no_proxy', '127.0.0.1');
    await findHubModel('org/name', { settings: hub.settings(folder), dtype: 'fp32' });
    expectWhole();
    const { host } = new URL(hub.endpoint);
    expect(new Set(tunnels)).toEqual(new Set([host]));
  });

  it('ends in a refusal where redirects have no end or lead to a plain file', async () => {
    hub.onHub = (request, response) => !!response.writeHead(302, { location: request.url! }).end();
    const settings = hub.settings(folder);
    await expect(findHubModel('org/name', { settings })).rejects.toMatchObject({ code: 'E_HUB_PROTOCOL' });
    hub.onHub = (_, response) => !!response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    await expect(findHubModel('org/name', { settings })).rejects.toMatchObject({
      code: 'E_HUB_PROTOCOL',
      message: expect.stringContaining('file:'),
    });
  });
});
