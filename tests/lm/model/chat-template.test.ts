import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { chatRenderer, readChatTemplate } from '../../../src/lm/model/chat-template.js';
import { type ChatMessage, chatSource } from '../../../src/template/chat-source.js';
import { labelText } from '../../../src/template/label-text.js';
import { parseTemplate } from '../../../src/template/parse-template.js';
import { renderTemplate } from '../../../src/template/render-template.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures/chat');

const { tokens, cases, expected } = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8')) as {
  tokens: Record<string, string>;
  cases: Record<string, ChatMessage[]>;
  expected: Record<string, Record<string, string | { error: string }>>;
};
const names = readdirSync(FIXTURES).flatMap((file) => (file.endsWith('.jinja') ? [file.slice(0, -6)] : []));
const sourceOf = (name: string) => readFileSync(join(FIXTURES, `${name}.jinja`), 'utf8');
const read = (source: string) => parseTemplate(source, { family: 'causal' });

let folder: string | undefined;
afterEach(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true });
  folder = undefined;
});

function folderWith(files: Readonly<Record<string, string>>): string {
  folder = mkdtempSync(join(tmpdir(), 'rlprompt-chat-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe('a chat template', () => {
  it('is one of ten shapes of published ones', () => {
    expect(names).toHaveLength(10);
  });

  it.each(names)('renders messages as the Python library does: %s', async (name) => {
    const render = await chatRenderer({ source: sourceOf(name), tokens }, 'm');
    for (const [kind, messages] of Object.entries(cases)) {
      const text = expected[name]![kind]!;
      if (typeof text === 'string') expect(render(messages, { isOpen: true }), kind).toBe(text);
      else expect(() => render(messages, { isOpen: true }), kind).toThrow(text.error);
    }
  });

  it.each(names)('becomes a template that gives every row the same text: %s', async (name) => {
    const render = await chatRenderer({ source: sourceOf(name), tokens }, 'm');
    for (const user of ['{input} {prompt}', '{prompt} {input}', '{prompt}:\n{input} {{}}\nAnswer:']) {
      const template = read(chatSource(read(user), render));
      expect(template).toMatchObject({ isRaw: true, hasLabel: true });
      for (const [input, prompt] of [
        ['A {fine} film', 'It was'],
        ['A fine film', ''],
      ] as const) {
        const content = renderTemplate(read(user), { input, prompt });
        const messages: ChatMessage[] = [{ role: 'user', content }];
        const answered = render([...messages, { role: 'assistant', content: 'great' }], { isOpen: false });
        const text = renderTemplate(template, { input, prompt });
        expect(text.trimEnd()).toBe(render(messages, { isOpen: true }).trimEnd());
        if (answered.startsWith(text.trimEnd())) expect(answered).toContain(text + labelText(template, 'great'));
      }
    }
  });

  it('has the prompt in the system message where the template puts it there', async () => {
    const render = await chatRenderer({ source: sourceOf('chatml'), tokens }, 'm');
    const template = read(chatSource(read('{system}{prompt}{user}{input}'), render));
    expect(renderTemplate(template, { input: 'A film.', prompt: 'Judge.' })).toBe(
      '<|im_start|>system\nJudge.<|im_end|>\n<|im_start|>user\nA film.<|im_end|>\n<|im_start|>assistant\n',
    );
  });

  it('keeps the blank that its format has before an answer', async () => {
    const render = await chatRenderer({ source: sourceOf('inst-folded-system'), tokens }, 'm');
    expect(chatSource(read('{input} {prompt}'), render)).toBe('{raw}<s>[INST] {input} {prompt} [/INST] {label}');
    expect(chatSource(read('{input} {prompt}{label}'), render)).toBe('{raw}<s>[INST] {input} {prompt} [/INST]{label}');
  });

  it('that refuses or loses a message is refused in its own words', async () => {
    const strict = await chatRenderer({ source: sourceOf('turns-no-system'), tokens }, 'gemma');
    expect(() => chatSource(read('{system}{prompt}{user}{input}'), strict)).toThrow(
      expect.objectContaining({
        code: 'E_CHAT_TEMPLATE',
        message: expect.stringContaining('System role not supported'),
      }),
    );
    const deaf = await chatRenderer({ source: 'Hello.', tokens }, 'm');
    expect(() => chatSource(read('{input} {prompt}'), deaf)).toThrow(
      expect.objectContaining({ code: 'E_CHAT_TEMPLATE', message: expect.stringContaining('{input} 0 times') }),
    );
    await expect(chatRenderer({ source: '{% for %}', tokens }, 'm')).rejects.toMatchObject({ code: 'E_CHAT_TEMPLATE' });
  });

  it('that loops for long is stopped after two seconds', async () => {
    const loops = '{% for i in range(9999) %}{% for j in range(9999) %}{{ i }}{% endfor %}{% endfor %}';
    const render = await chatRenderer({ source: loops, tokens }, 'm');
    const since = performance.now();
    expect(() => chatSource(read('{input} {prompt}'), render)).toThrow(
      expect.objectContaining({ code: 'E_CHAT_TEMPLATE', message: expect.stringContaining('not end within 2000 ms') }),
    );
    expect(performance.now() - since).toBeLessThan(10_000);
  });
});

describe('the chat template of a folder', () => {
  it('is that of chat_template.jinja, else of tokenizer_config.json, where it may be one of several', () => {
    const config = JSON.stringify({ chat_template: 'of the config', bos_token: { content: '<s>' }, eos_token: null });
    expect(readChatTemplate(folderWith({ 'tokenizer_config.json': config }))).toEqual({
      source: 'of the config',
      tokens: { bos_token: '<s>' },
    });
    writeFileSync(join(folder!, 'chat_template.jinja'), 'of the file');
    expect(readChatTemplate(folder!)).toMatchObject({ source: 'of the file' });
    const several = [
      { name: 'tool_use', template: 'tools' },
      { name: 'default', template: 'plain' },
    ];
    writeFileSync(join(folder!, 'tokenizer_config.json'), JSON.stringify({ chat_template: several }));
    rmSync(join(folder!, 'chat_template.jinja'));
    expect(readChatTemplate(folder!)).toMatchObject({ source: 'plain' });
  });

  it('is none where there is none', () => {
    expect(readChatTemplate(folderWith({}))).toBeUndefined();
    cpSync(join(FIXTURES, 'chatml.jinja'), join(folder!, 'other.jinja'));
    expect(readChatTemplate(folder!)).toBeUndefined();
  });
});
