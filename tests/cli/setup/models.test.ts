import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMIT, FakeHub } from '../../lm/hub/fake-hub.js';
import { HUB_LIKE } from '../../lm/onnx/hub-like.js';
import { runInProcess } from '../in-process-cli.js';
import { emptyFolder, lastLine, runCli, tinyTask } from '../spawn-cli.js';

let hub: FakeHub;
let folder: string;
beforeAll(async () => {
  hub = await FakeHub.start(join(HUB_LIKE, 'gpt2'), (path) => path !== 'golden.json');
  folder = emptyFolder();
});
afterAll(async () => {
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

const TOKEN = 'hf_canary0123456789';
const cli = (args: readonly string[], env: Record<string, string> = {}, cwd?: string) =>
  runInProcess(args, {
    env: { RLPROMPT_CACHE_DIR: folder, HF_ENDPOINT: hub.endpoint, HF_TOKEN: TOKEN, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });

describe('models of the hub on the command line', () => {
  it('are pulled, listed, inspected, run offline and removed, with what was made of them', async () => {
    const missing = await cli(['models', 'inspect', 'org/name']);
    expect([missing.code, lastLine(missing.stderr)]).toEqual([69, expect.stringContaining('rlprompt models pull')]);

    const pulled = await cli(['models', 'pull', 'org/name', '--dtype', 'fp32', '--json']);
    expect(JSON.parse(pulled.stdout)).toMatchObject({ id: 'org/name', commit: COMMIT });
    expect(pulled.stderr).toContain('onnx/model.onnx');

    const { models } = JSON.parse((await cli(['models', 'list', '--json'])).stdout);
    const found = models.find(({ source }: { source: string }) => source === 'downloaded');
    expect(found).toMatchObject({ name: 'org/name', revision: 'main', commit: COMMIT, dtypes: ['fp32'] });

    const inspected = await cli(['models', 'inspect', 'org/name@main', '--json']);
    expect(JSON.parse(inspected.stdout)).toMatchObject({ family: 'causal', usableAs: ['generator', 'target'] });

    const { cwd, flags } = tinyTask();
    const given = flags.slice(0, flags.indexOf('--target'));
    const offline = { HF_ENDPOINT: 'http://127.0.0.1:9' };
    const scored = await cli(
      ['eval', 'mails.csv', '--prompt', 'so', '--target', 'org/name', '--offline', '--json', ...given],
      offline,
      cwd,
    );
    expect(JSON.parse(scored.stdout).results[0].n).toBe(24);
    const cut = join(folder, 'cuts', 'of-the-model');
    const other = join(folder, 'cuts', 'of-another');
    for (const path of [cut, other]) mkdirSync(path, { recursive: true });
    writeFileSync(join(cut, 'origin.txt'), join(found.path, 'onnx/model.onnx'));
    writeFileSync(join(other, 'origin.txt'), `${join(folder, 'models/org--name-2')}/onnx/model.onnx`);
    const removed = await cli(['models', 'remove', 'org/name', '--json']);
    expect(JSON.parse(removed.stdout).removed).toEqual([join(folder, 'models/org--name'), cut]);
    expect([existsSync(found.path), existsSync(cut), existsSync(other)]).toEqual([false, false, true]);
    const again = await cli(['models', 'remove', 'org/nama']);
    expect([again.code, lastLine(again.stderr)]).toEqual([66, expect.stringContaining('E_MODEL_NOT_FOUND')]);
    for (const { stdout, stderr } of [missing, pulled, inspected, scored, removed, again])
      expect(stdout + stderr).not.toContain('canary');
  });

  it('are fetched by a run, which stays at their commit', async () => {
    const { cwd, flags } = tinyTask();
    const given = flags.slice(0, flags.indexOf('--target'));
    const small = ['--steps', '1', '--prompts-per-step', '2', '--shots', '2', '--inner-size', '8', '--candidates', '1'];
    const args = ['run', 'mails.csv', '--generator', 'org/name', '--out', 'r', '--json', ...small, ...given];
    const run = await cli(args, {}, cwd);
    expect(run.stderr).toContain('org/name: onnx/model.onnx');
    expect(JSON.parse(run.stdout)).toMatchObject({ generator: `org/name@${COMMIT}`, target: `org/name@${COMMIT}` });
    hub.revisions.set('main', '3'.repeat(40));
    await cli(['models', 'pull', 'org/name', '--dtype', 'fp32']);
    const resumed = await cli(['resume', 'r', '--steps', '2', '--json'], { HF_HUB_OFFLINE: '1' }, cwd);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ steps: 2, generator: `org/name@${COMMIT}` });
  });

  it('leave what is there alone where the network is not to be used', async () => {
    const { code, stderr } = await cli(['models', 'pull', 'org/name'], { HF_HUB_OFFLINE: '1' });
    expect([code, lastLine(stderr)]).toEqual([69, expect.stringContaining('E_HUB_OFFLINE')]);
  });

  it('can be stopped while they are fetched, and no run folder is left', async () => {
    const cwd = emptyFolder();
    const before = hub.onStore;
    hub.onStore = (_, response) => {
      response.writeHead(200, { 'content-length': 1e9 });
      response.write('x');
      return true;
    };
    let isTold = false;
    const stopped = await runCli(['run', 'spam', '--generator', 'org/name', '--ui', 'plain'], {
      cwd,
      env: { HF_ENDPOINT: hub.endpoint },
      onStderr: (text, child) => {
        if (isTold || !text.includes('onnx')) return;
        isTold = true;
        child.kill('SIGTERM');
      },
    });
    hub.onStore = before;
    expect([stopped.code, lastLine(stopped.stderr)]).toEqual([143, expect.stringContaining('E_INTERRUPTED')]);
    expect(existsSync(join(cwd, 'runs')) ? readdirSync(join(cwd, 'runs')) : []).toEqual([]);
  });
});
