import { expect, it } from 'vitest';
import { RequestGate } from '../../../../src/lm/endpoint/client/request-gate.js';

it('lets as many through as it was told, the others in their turn', async () => {
  const gate = new RequestGate(2);
  await gate.enter();
  await gate.enter();
  let passed = false;
  const third = gate.enter().then(() => {
    passed = true;
  });
  await Promise.resolve();
  expect(passed).toBe(false);
  gate.leave();
  await third;
  expect(passed).toBe(true);
});

it('grows with auto until it is refused, then halves and grows slowly', () => {
  let now = 0;
  const gate = new RequestGate('auto', () => now);
  for (let i = 0; i < 100; i++) gate.noteAnswer();
  expect(gate.width).toBe(64);
  gate.noteRefusal();
  gate.noteRefusal();
  expect(gate.width).toBe(32);
  for (let i = 0; i < 33; i++) gate.noteAnswer();
  expect(gate.width).toBe(33);
  now += 1500;
  gate.noteRefusal();
  expect(gate.width).toBe(16);
});
