import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completeRunConfig } from '../../../src/config/resolve-run-config.js';
import { checkReading } from '../../../src/run/prepare/checks/check-reading.js';
import { loadConfiguredTask, templateFor } from '../../../src/run/prepare/configured-task.js';

const source = readFileSync(join(import.meta.dirname, '../../fixtures/chat/chatml.jinja'), 'utf8');
const chatModel = { name: 'talker', family: 'causal', chatTemplate: { source, tokens: {} } } as const;
const plain = { name: 'writer', family: 'causal' } as const;

async function templateOf(targetLm: Parameters<typeof templateFor>[1], settings: Record<string, unknown>) {
  const config = completeRunConfig({ task: 'spam', ...settings });
  return (await templateFor(await loadConfiguredTask(config), targetLm, config)).source;
}

describe('the template of a run', () => {
  it('is the user message of a conversation with --chat', async () => {
    const template = '{input} {prompt} {{x}}';
    expect(await templateOf(chatModel, { chat: true, template })).toBe(
      '{raw}<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n{input} {prompt} {{x}}<|im_end|>\n<|im_start|>assistant\n{label}',
    );
    expect(await templateOf(chatModel, { template })).toBe(template);
  });

  it('is left as it is where it is one of a chat format already', async () => {
    const done = '{raw}<|user|>{input} {prompt}<|assistant|>{label}';
    expect(await templateOf(chatModel, { chat: true, template: done })).toBe(done);
  });

  it('says what is before label words with --label-space', async () => {
    const template = '{input} {prompt}:';
    expect(await templateOf(plain, { template, labelSpace: 'no' })).toBe('{input} {prompt}:{label}');
    expect(await templateOf(plain, { template, labelSpace: 'yes' })).toBe('{input} {prompt}: {label}');
  });

  it('may have a system message where the model is asked by messages anyway', async () => {
    const template = '{system}{prompt}{user}{input}';
    expect(await templateOf({ name: 'openai:m', family: 'endpoint', takesMessages: true }, { template })).toBe(
      template,
    );
  });

  it.each([
    [plain, { chat: true }, 'E_CHAT', 'has no chat template'],
    [{ name: 'filler', family: 'masked' }, { chat: true }, 'E_CHAT', 'holds no conversation'],
    [{ name: 'openai:m', family: 'endpoint' }, { chat: true }, 'E_CHAT', 'its own chat template'],
    [chatModel, { template: '{system}{prompt}{user}{input}' }, 'E_CHAT', '--chat'],
    [{ name: 'openai:m', family: 'endpoint' }, { template: '{system}{prompt}{user}{input}' }, 'E_CHAT', '--endpoint'],
    [{ name: 'filler', family: 'masked' }, { labelSpace: 'no' }, 'E_LABEL_SPACE', '{mask}'],
  ] as const)('refuses what %o cannot do', async (targetLm, settings, code, words) => {
    const error = await templateOf(targetLm, settings).catch((problem: unknown) => problem);
    expect(error).toMatchObject({ code, exitCode: 78 });
    expect(`${(error as Error).message} ${(error as { next?: string }).next}`).toContain(words);
  });

  it.each([{ chat: true }, { template: '{system}{prompt}{user}{input}' }])(
    'has no demonstrations with %j',
    async (settings) => {
      const config = completeRunConfig({ task: 'spam', demos: 2, ...settings });
      const task = await loadConfiguredTask(config);
      expect(() => checkReading(task, config)).toThrow(expect.objectContaining({ where: '--demos' }));
    },
  );
});
