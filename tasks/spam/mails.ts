import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanMail } from './clean-mail.js';
import { mailFolder } from './mail-folder.js';
import { copyFinder, cutText, wordsOf } from './text.js';

/** Shares of the mails no language model of this project is trained on. Fewer ham mails: there are plenty, and reading costs. */
const HELD_OUT = { ham: 0.11, spam: 0.25 };
const EXPLICIT =
  /\b(?:sex(?:y|iest|ually)?|porn\w*|xxx\w*|nudes?|naked|fuck\w*|cocks?|cum(?:ming|shots?)?|sluts?|pussy|lesbians?|erotic|penis|orgasms?|horny|whores?|breasts?)\b/i;
const LEAST_WORDS = 16;

export type MailLabel = keyof typeof HELD_OUT;

export interface Mail {
  /** MD5 of the raw mail, as the package names its files. */
  readonly id: string;
  readonly label: MailLabel;
  /** The cleaned text, whole. */
  readonly text: string;
}

interface MailFile {
  readonly id: string;
  readonly label: MailLabel;
  readonly path: string;
}

/**
 * The mails kept from the language models, in the order of their hash, near-duplicates out. A mail's hash is that
 * of its raw text and stands in its file name, so that only these mails need to be read.
 */
export async function heldOutMails(): Promise<Mail[]> {
  return distinctBy(beginning, await readAll(mailFiles().filter(isHeldOut).sort(byId)));
}

/**
 * The mails a language model may be trained on: all others, less those that share a good part of their wording with
 * the beginning of a held-out mail (the same advertisement is sent many times, each with a hash of its own).
 */
export async function trainingMails(): Promise<Mail[]> {
  const files = mailFiles().sort(byId);
  const heldOut = await readAll(files.filter(isHeldOut));
  const beginnings = heldOut.map((mail) => cutText(mail.text));
  const isCopy = copyFinder(beginnings);
  const others = await readAll(files.filter((file) => !isHeldOut(file)));
  return distinctBy(wholeText, others).filter((mail) => !isCopy(mail.text));
}

function mailFiles(): MailFile[] {
  const folder = mailFolder();
  const paths = JSON.parse(readFileSync(join(folder, 'file_list.json'), 'utf8')) as string[];
  return paths.map((path) => ({
    id: path.split('.')[1]!,
    label: path.startsWith('spam') ? 'spam' : 'ham',
    path: join(folder, path),
  }));
}

function isHeldOut(file: MailFile): boolean {
  return Number.parseInt(file.id.slice(0, 8), 16) / 2 ** 32 < HELD_OUT[file.label];
}

function byId(a: MailFile, b: MailFile): number {
  return a.id < b.id ? -1 : 1;
}

/** One by one, since cleaning all of them takes half a second: a key or a signal is heard between two. */
async function readAll(files: readonly MailFile[]): Promise<Mail[]> {
  const mails: Mail[] = [];
  for (const { id, label, path } of files) {
    const text = cleanMail(await readFile(path, 'utf8'));
    if (isPresentable(text)) mails.push({ id, label, text });
  }
  return mails;
}

/** English prose of some length that can be shown on anybody's screen. */
function isPresentable(text: string): boolean {
  const words = wordsOf(text);
  const long = words.filter((word) => word.length > 2).length;
  return (
    words.length >= LEAST_WORDS &&
    long / words.length > 0.55 &&
    /\b(?:the|and|you|to)\b/i.test(text) &&
    !EXPLICIT.test(text)
  );
}

/** Mails that begin alike are one mail sent twice. */
function beginning(text: string): string {
  return wordsOf(text).slice(0, 10).join(' ');
}

function wholeText(text: string): string {
  return wordsOf(text).join(' ');
}

function distinctBy(key: (text: string) => string, mails: readonly Mail[]): Mail[] {
  const seen = new Set<string>();
  return mails.filter(({ text }) => !seen.has(key(text)) && seen.add(key(text)));
}
