/** The readable part of a mail, transfer encoding undone. */
export interface MailBody {
  readonly text: string;
  readonly html: boolean;
}

/** Finds the part of a mail that a person reads: the first plain text part, else the first HTML part. */
export function mailBody(raw: string): MailBody {
  const parts = [...textParts(raw.replace(/\r\n?/g, '\n'), 0)].filter((part) => part.text.trim() !== '');
  return parts.find((part) => !part.html) ?? parts[0] ?? { text: '', html: false };
}

function* textParts(entity: string, depth: number): Generator<MailBody> {
  const end = entity.startsWith('\n') ? 0 : entity.indexOf('\n\n');
  const headers = (end < 0 ? entity : entity.slice(0, end)).replace(/\n[ \t]+/g, ' ');
  const body = end < 0 ? '' : entity.slice(end + 1);
  const type = header(headers, 'content-type');
  const boundary = /boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(type);
  if (/multipart/i.test(type) && boundary && depth < 5) {
    const pieces = body.split(`\n--${boundary[1] ?? boundary[2]}`).slice(1);
    for (const piece of pieces)
      if (!piece.startsWith('--')) yield* textParts(piece.replace(/^[^\n]*\n/, ''), depth + 1);
  } else if (type === '' || /^\s*text/i.test(type)) {
    yield { text: decode(body, header(headers, 'content-transfer-encoding')), html: /html/i.test(type) };
  }
}

function header(headers: string, name: string): string {
  return new RegExp(`^${name}:(.*)$`, 'im').exec(headers)?.[1]?.trim() ?? '';
}

function decode(body: string, encoding: string): string {
  if (/base64/i.test(encoding)) return Buffer.from(body, 'base64').toString('latin1');
  if (!/quoted-printable/i.test(encoding)) return body;
  return body
    .replace(/=[ \t]*\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
}
