import { expect, it } from 'vitest';
import { readQueueAddress } from '../../src/queue/queue-address.js';

it('reads host, port, database and user; the password comes from the environment', () => {
  expect(readQueueAddress('redis://127.0.0.1', {})).toEqual({ host: '127.0.0.1', port: 6379, db: 0 });
  expect(readQueueAddress('rediss://me@q.example.com:7000/2', { RLPROMPT_REDIS_PASSWORD: 's' })).toEqual({
    host: 'q.example.com',
    port: 7000,
    db: 2,
    username: 'me',
    password: 's',
    tls: { servername: 'q.example.com' },
  });
});

it.each(['http://x', 'nonsense', 'redis://:secret-canary@x', 'redis://x/y'])('refuses %s', (text) => {
  expect(() => readQueueAddress(text, {})).toThrowError(
    expect.objectContaining({ code: 'E_QUEUE_URL', exitCode: 78, message: expect.not.stringContaining('canary') }),
  );
});
