import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether this machine has Redis; tests that need it skip with this word otherwise. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** Whether its Redis was built with TLS. */
export const hasRedisTls =
  hasRedis &&
  !/bad directive/i.test(
    String(spawnSync('redis-server', ['--port', '0', '--tls-port', '1', '--dir', '/nowhere']).stderr),
  );

/** A Redis server that keeps what it was told when it is killed. */
export class RedisServer {
  private process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly password: string | undefined,
    private readonly tls: { readonly key: string; readonly cert: string } | undefined,
  ) {}

  static async start(password?: string, tls?: { readonly key: string; readonly cert: string }): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), mkdtempSync(join(tmpdir(), 'rlprompt-redis-')), password, tls);
    await server.up();
    return server;
  }

  get address(): string {
    return `${this.tls ? 'rediss' : 'redis'}://127.0.0.1:${this.port}`;
  }

  /** Kills it and starts it again, with what it was told or without. */
  async restart({ empty = false } = {}): Promise<void> {
    await this.stop();
    if (empty) rmSync(join(this.folder, 'appendonlydir'), { recursive: true });
    await this.up();
  }

  /** Kills it; `restart` brings it back. */
  stop(): Promise<void> {
    return this.down('SIGKILL');
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async up(): Promise<void> {
    const fsync = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
    const secret = this.password === undefined ? [] : ['--requirepass', this.password];
    const port = String(this.port);
    const where = [
      ...(this.tls ? tlsOptions(port, this.tls) : ['--port', port]),
      '--bind',
      '127.0.0.1',
      '--dir',
      this.folder,
    ];
    const server = spawn('redis-server', [...where, ...fsync, ...secret]);
    this.process = server;
    await new Promise<void>((ready, failed) => {
      server.stdout.on('data', (text: Buffer) => text.includes('Ready to accept') && ready());
      server.once('exit', () => failed(new Error('redis-server ended')));
    });
  }

  private async down(signal: NodeJS.Signals): Promise<void> {
    const { process: server } = this;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const gone = new Promise((done) => server.once('exit', done));
    server.kill(signal);
    await gone;
  }
}

function tlsOptions(port: string, { key, cert }: { readonly key: string; readonly cert: string }): string[] {
  const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert];
  return ['--port', '0', '--tls-port', port, '--tls-auth-clients', 'no', ...files];
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}
