import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isForbiddenAddress } from '../../../../src/lm/endpoint/client/address-guard.js';
import { readEndpointSettings } from '../../../../src/lm/endpoint/client/endpoint-settings.js';

const read = (endpoint: string | undefined, env: NodeJS.ProcessEnv = {}, offline = false) =>
  readEndpointSettings({ endpoint, offline }, env);

describe('the address of a service', () => {
  it.each([
    ['http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080/v1/chat/completions', 'chat'],
    ['https://api.example.com/v1/', 'https://api.example.com/v1/chat/completions', 'chat'],
    ['https://api.example.com/v1/chat/completions', 'https://api.example.com/v1/chat/completions', 'chat'],
    ['http://localhost:8000/v1/completions', 'http://localhost:8000/v1/completions', 'completions'],
    ['https://api.anthropic.com/v1/messages', 'https://api.anthropic.com/v1/messages', 'messages'],
  ])('%s is asked at %s', (given, href, api) => {
    expect(read(given)).toMatchObject({ api, key: undefined, timeoutMs: 120_000 });
    expect(read(given).url.href).toBe(href);
  });

  it.each([
    ['nonsense', 'E_ENDPOINT_URL'],
    ['file:///etc/passwd', 'E_ENDPOINT_URL'],
    ['https://user:password@example.com/v1', 'E_ENDPOINT_URL'],
    ['https://example.com/v1?key=abc', 'E_ENDPOINT_URL'],
    ['http://169.254.169.254/v1', 'E_ENDPOINT_ADDRESS'],
    ['http://2852039166/v1', 'E_ENDPOINT_ADDRESS'],
    ['http://[::ffff:169.254.169.254]/v1', 'E_ENDPOINT_ADDRESS'],
    ['http://[fe80::1]/v1', 'E_ENDPOINT_ADDRESS'],
    [undefined, 'E_ENDPOINT_MISSING'],
  ])('%s is refused with %s', (given, code) => {
    expect(() => read(given)).toThrowError(expect.objectContaining({ code, exitCode: 78 }));
  });

  it('is not repeated in the error: it may hold a password', () => {
    expect(() => read('https://user:hunter2@example.com/v1')).toThrowError(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });

  it('must be on this machine when offline', () => {
    expect(() => read('https://example.com/v1', {}, true)).toThrowError(
      expect.objectContaining({ code: 'E_ENDPOINT_OFFLINE' }),
    );
    expect(read('http://localhost:1/v1', {}, true).api).toBe('chat');
  });

  it('may be any address but a link-local one', () => {
    expect(['127.0.0.1', '192.168.1.5', '::1', '8.8.8.8'].map(isForbiddenAddress)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('the access key of a service', () => {
  const KEY = 'sk-canary-0123456789abcdef';

  it('is read from the environment and shown nowhere', () => {
    const settings = read('https://example.com/v1', { OPENAI_API_KEY: ` ${KEY}\n` });
    expect(settings.key!.reveal()).toBe(KEY);
    expect(inspect(settings) + JSON.stringify(settings)).not.toContain(KEY);
  });

  it('does not go unencrypted to another machine, unless it was set for this program', () => {
    expect(() => read('http://192.168.1.5/v1', { OPENAI_API_KEY: KEY })).toThrowError(
      expect.objectContaining({ code: 'E_ENDPOINT_KEY' }),
    );
    const both = { OPENAI_API_KEY: KEY, RLPROMPT_ENDPOINT_KEY: 'local' };
    expect(read('http://192.168.1.5/v1', both).key!.reveal()).toBe('local');
    expect(read('http://localhost/v1', { OPENAI_API_KEY: KEY }).key!.reveal()).toBe(KEY);
  });

  it('is refused, unseen, where it is none', () => {
    expect(() => read('https://example.com/v1', { OPENAI_API_KEY: 'two words' })).toThrowError(
      expect.objectContaining({ code: 'E_ENDPOINT_KEY', message: expect.not.stringContaining('two words') }),
    );
  });
});
