import { htmlToText } from './html-to-text.js';
import { mailBody } from './mail-body.js';

const QUOTE = /^\s*(?:[>|}]|[A-Za-z]{1,4}>)/;
const ATTRIBUTION = /^.{0,120}\b(?:wrote|writes|said|schrieb)\s*:\s*$|^\s*On [A-Z][a-z]{2},? .{0,80}\d{4}.{0,80}$/;
/** News feeds and forwarded mails carry header lines in the body. */
const HEADER =
  /^\s*(?:URL|Date|From|To|Cc|Subject|Sent|Reply-To|Message-ID|Received|Return-Path|Content-[A-Z]\w+):(?:\s|$)/i;
const FORWARDED = /^\s*-{2,}\s*(?:original message|forwarded|begin forwarded|begin pgp signature)/i;
const SIGNATURE = /^--\s*$/;
const LIST_FOOTER = /^\s*(?:_{20,}|-{20,}|-+ ?yahoo! groups sponsor.*)\s*$/i;
const LIST_WORDS = /mailing list|unsubscribe from|yahoo! groups|sf\.net email|sponsored by/i;
const LINK = /<?\b(?:https?|ftp|mailto|news):[^\s>)\]"']*>?|\bwww\.[^\s>)\]"']+/gi;
const ADDRESS = /<?[\w.+%=-]+@[\w-]+(?:\.[\w-]+)*>?/g;

/**
 * What a person wrote in a mail: the text part, decoded, without headers, quotes, HTML, addresses, links and
 * signatures, on one line of ASCII.
 */
export function cleanMail(raw: string): string {
  const body = mailBody(raw);
  const text = body.html || looksLikeHtml(body.text) ? htmlToText(body.text) : body.text;
  return onOneLine(ownLines(text).join('\n'));
}

function looksLikeHtml(text: string): boolean {
  return /<(?:html|body|table|font|br|p|a\s)[^>]*>/i.test(text);
}

function ownLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  const kept: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (SIGNATURE.test(line) || FORWARDED.test(line)) break;
    if (LIST_FOOTER.test(line)) {
      if (LIST_WORDS.test(lines.slice(index + 1, index + 4).join(' '))) break;
      continue;
    }
    if (QUOTE.test(line) || ATTRIBUTION.test(line) || HEADER.test(line)) continue;
    kept.push(line);
  }
  return kept;
}

function onOneLine(text: string): string {
  return text
    .replace(/&#\d+;/g, ' ')
    .replace(LINK, ' ')
    .replace(ADDRESS, ' ')
    .normalize('NFKD')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/[^\x20-\x7e\n]/g, ' ')
    .replace(/[<>[\]{}|\\^~`_#*=+]+/g, ' ')
    .replace(/-{2,}/g, ' - ')
    .replace(/([!?.,:;$%&'"/-])\1+/g, '$1')
    .replace(/\s+/g, ' ')
    .replace(/(?: [-.,:;!?"'/()]+)+(?= )/g, ' -')
    .replace(/^[^A-Za-z0-9$"(]+/, '')
    .trim();
}
