import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { COMMANDS } from '../../src/cli/commands/commands.js';
import { readQueueAddress } from '../../src/queue/queue-address.js';

interface Container {
  readonly command: readonly string[];
}

interface Deployment {
  readonly kind: string;
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly containers: readonly (Container & { readonly env: readonly { readonly name: string }[] })[];
      };
    };
  };
}

const page = readFileSync(join(import.meta.dirname, '../../docs/how-to/workers.md'), 'utf8');
const [compose, ...kubernetes] = Array.from(page.matchAll(/^```yaml\n(.*?)^```$/gms), ([, text = '']) =>
  parseAllDocuments(text).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as unknown;
  }),
).flat();

/** The flags of a worker in a container. Only behind `exec` does it hear the signal that ends the container. */
async function flagsOf([shell, flag, line = '']: readonly string[]) {
  expect([shell, flag]).toEqual(['sh', '-c']);
  const [, name = '', ...flags] =
    /^npm install --global rlprompt && exec (rlprompt .*)$/.exec(line)?.[1]?.split(' ') ?? [];
  const entry = COMMANDS.find((one) => one.name === name);
  if (!entry) throw new Error(`no command ${name}`);
  const command = new Command(name);
  const context = { stdout: process.stdout, stderr: process.stderr, stdin: process.stdin, env: {} };
  (await entry.load()).configure(command, context as never, COMMANDS);
  expect(command.parseOptions([...flags])).toEqual({ operands: [], unknown: [] });
  return command.opts();
}

describe('the docker-compose file of the page on workers', () => {
  const { services } = compose as { services: Record<string, Container & { image: string; environment: string[] }> };

  it('starts workers with flags that exist, at the Redis that it starts', async () => {
    const { queue, target } = await flagsOf(services.worker?.command ?? []);
    const { host } = readQueueAddress(String(queue), {});
    expect(Object.keys(services)).toContain(host);
    expect(target).toBe('org/name');
    expect(services.redis?.command[0]).toBe('redis-server');
  });

  it('gives both the same password', () => {
    expect(services.worker?.environment).toContain('RLPROMPT_REDIS_PASSWORD');
    expect(services.redis?.command.at(-1)).toContain('{RLPROMPT_REDIS_PASSWORD}');
  });
});

describe('the Kubernetes manifest of the page on workers', () => {
  const [deployment] = kubernetes as Deployment[];

  it('starts workers with flags that exist and a password that they read', async () => {
    const [container] = deployment?.spec.template.spec.containers ?? [];
    const { queue } = await flagsOf(container?.command ?? []);
    expect(readQueueAddress(String(queue), {})).toMatchObject({ host: 'redis', port: 6379 });
    expect(container?.env.map(({ name }) => name)).toContain('RLPROMPT_REDIS_PASSWORD');
  });

  it('selects the pods that it makes', () => {
    expect(deployment?.kind).toBe('Deployment');
    expect(deployment?.spec.selector.matchLabels).toEqual(deployment?.spec.template.metadata.labels);
  });
});
