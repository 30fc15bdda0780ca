import { expect, test } from 'vitest';
import { cleanMail } from '../../tasks/spam/clean-mail.js';

const HEADERS = 'From: a person <person@example.org>\nSubject: hello\nReceived: from here\n\tby there\n';

function mail(body: string, headers = ''): string {
  return `${HEADERS}${headers}\n${body}`;
}

test('headers are left out and white space becomes one space', () => {
  expect(cleanMail(mail('Dear   all,\n\n\tthe meeting is\nat noon.\n'))).toBe('Dear all, the meeting is at noon.');
});

test('quotes, the line that introduces them and header lines in the body are left out', () => {
  const body =
    'On Tue, 3 Sep 2002, Ann wrote:\n> old words\n| older words\nURL: http://example.org/x\nDate: today\nNew words.\n';
  expect(cleanMail(mail(body))).toBe('New words.');
});

test('signatures, list footers and forwarded mails end the text', () => {
  expect(cleanMail(mail('Kept.\n-- \nAnn, Example Ltd\n'))).toBe('Kept.');
  expect(cleanMail(mail(`Kept.\n${'_'.repeat(30)}\nSome mailing list\nhttp://example.org\n`))).toBe('Kept.');
  expect(cleanMail(mail('Kept.\n-----Original Message-----\nFrom: Bob\nold\n'))).toBe('Kept.');
});

test('a ruled line that is no list footer is left out but does not end the text', () => {
  expect(cleanMail(mail(`One.\n${'-'.repeat(40)}\nTwo.\n`))).toBe('One. Two.');
});

test('links and addresses are left out', () => {
  const body = 'See http://example.org/a?b=c or www.example.org and write to ann.b@example.org now';
  expect(cleanMail(mail(body))).toBe('See or and write to now');
});

test('HTML becomes its words, without styles, scripts and comments', () => {
  const html =
    '<html><head><style>p{color:red}</style></head><body><!-- x --><p>Fast&nbsp;&amp; <b>fr</b>ee<br>Now</p><script>go()</script></body></html>';
  expect(cleanMail(mail(html, 'Content-Type: text/html\n'))).toBe('Fast & free Now');
});

test('HTML in a mail that calls itself plain is still HTML', () => {
  expect(cleanMail(mail('<html><body><font size=2>Words</font></body></html>'))).toBe('Words');
});

test('the plain text part of a mail of several parts is read', () => {
  const parts = [
    '--xyz\nContent-Type: text/html\n\n<p>as HTML</p>\n',
    '--xyz\nContent-Type: text/plain\n\nas text\n',
    '--xyz--\nepilogue\n',
  ];
  expect(
    cleanMail(mail(`preamble\n${parts.join('')}`, 'Content-Type: multipart/alternative;\n boundary="xyz"\n')),
  ).toBe('as text');
});

test('quoted-printable and base64 are decoded', () => {
  const soft = 'Content-Transfer-Encoding: quoted-printable\n';
  expect(cleanMail(mail('one lo=\nng line =3D caf=E9', soft))).toBe('one long line cafe');
  const coded = Buffer.from('Plain words in disguise').toString('base64');
  expect(cleanMail(mail(coded, 'Content-Transfer-Encoding: base64\n'))).toBe('Plain words in disguise');
});

test('runs of punctuation shrink and drawings disappear', () => {
  expect(cleanMail(mail('*** ACT NOW!!!! ***\n=====\nSave $$$ today...'))).toBe('ACT NOW! Save $ today.');
});

test('attachments and empty mails give no text', () => {
  expect(cleanMail(mail('AAAA', 'Content-Type: application/octet-stream\n'))).toBe('');
  expect(cleanMail(HEADERS)).toBe('');
});
