// A stand-in for a judge behind a web service: gives each text a score from 0 (shrill) to 1 (calm).
// node service.mjs [port]; it listens on this machine only.
import { createServer } from 'node:http';

const LARGEST = 8 * 1024 * 1024;
const SHRILL = new Set(
  'act amazing bonus buy cash click deal dollars earn free guarantee guaranteed hurry instant limited lose million money now offer order percent price prize remove save sale special today urgent win winner you your'.split(
    ' ',
  ),
);

/** The share of words that do not shout, less a tenth for each exclamation mark; 0 for a text without words. */
function calmness(text) {
  const words = text.match(/[A-Za-z']+/g) ?? [];
  if (words.length === 0) return 0;
  const shrill = words.filter((word) => SHRILL.has(word.toLowerCase()) || /^[A-Z]{3,}$/.test(word)).length;
  const marks = text.split('!').length - 1;
  return Math.max(0, 1 - shrill / words.length - marks / 10);
}

async function readBody(request) {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk;
    if (body.length > LARGEST) throw new Error('too long');
  }
  return JSON.parse(body);
}

const server = createServer(async (request, response) => {
  try {
    const { texts } = await readBody(request);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ scores: texts.map(calmness) }));
  } catch (error) {
    response.writeHead(400).end(String(error));
  }
});

server.listen(Number(process.argv[2] ?? 8765), '127.0.0.1', () => {
  console.log(`calm-mail service on http://127.0.0.1:${server.address().port}/`);
});
