import { RlpromptError } from '../errors.js';
import { MESSAGE_BREAK, type Template, type TemplatePart } from './template.js';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** Renders messages in a model's own format; with `isOpen` the text ends where the assistant's answer begins. */
export type RenderChat = (messages: readonly ChatMessage[], options: { isOpen: boolean }) => string;

/** Letters only: a format may trim a message or escape what is in it. */
const STAND_INS = { input: 'RlpromptInputSlot', prompt: 'RlpromptPromptSlot' } as const;
const ANSWER = 'RlpromptAnswer';

/**
 * A template's text as messages in a chat format: the source of a raw template whose label words are the assistant's
 * first words. `{system}…{user}…` gives a system message; any other template is the user's message.
 *
 * @throws RlpromptError `E_CHAT_TEMPLATE` where the format has no place for a message
 */
export function chatSource(template: Template, render: RenderChat): string {
  const messages = messagesOf(template);
  const open = render(messages, { isOpen: true });
  for (const [slot, standIn] of Object.entries(STAND_INS)) {
    const count = open.split(standIn).length - 1;
    if (count !== 1) throw misplaced(slot, count);
  }
  const before = template.hasLabel ? '' : beforeAnswer(open, render([...messages, answer()], { isOpen: false }));
  const escaped = `${open}${before}`.replace(/[{}]/g, '$&$&');
  const filled = escaped.replace(STAND_INS.input, '{input}').replace(STAND_INS.prompt, '{prompt}');
  return `{raw}${filled}{label}`;
}

function messagesOf({ parts, hasSystem }: Template): ChatMessage[] {
  const text = parts.map(standIn).join('');
  if (!hasSystem) return [{ role: 'user', content: text }];
  const messages = splitMessages(text);
  return messages.filter(({ role, content }) => role === 'user' || content.trim() !== '');
}

/** The system message and the user's of a text that a template with both was rendered to. */
export function splitMessages(text: string): ChatMessage[] {
  const at = text.indexOf(MESSAGE_BREAK);
  return [
    { role: 'system', content: text.slice(0, at) },
    { role: 'user', content: text.slice(at + MESSAGE_BREAK.length) },
  ];
}

function standIn({ kind, text }: TemplatePart): string {
  return kind === 'input' || kind === 'prompt' ? STAND_INS[kind] : text;
}

function answer(): ChatMessage {
  return { role: 'assistant', content: ANSWER };
}

/** The blanks that the format has before an answer, for instance after `[/INST]`. */
function beforeAnswer(open: string, answered: string): string {
  const between = answered.startsWith(open) ? answered.slice(open.length, answered.indexOf(ANSWER)) : '';
  return between.trim() === '' ? between : '';
}

function misplaced(slot: string, count: number): RlpromptError {
  return new RlpromptError({
    code: 'E_CHAT_TEMPLATE',
    exit: 'config',
    message: `the chat template of the model has {${slot}} ${count} times in its text, once is needed`,
    where: '--chat',
    kept: 'nothing was scored',
    next: 'put the whole template into the user message, or leave --chat out',
  });
}
