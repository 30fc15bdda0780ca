// Draws a real run as SVG: node docs/pictures/record.mjs OUT.svg TEXT [rlprompt arguments…]
// Needs tmux. Starts the program in a terminal of 100 by 30, waits until the screen shows TEXT, and writes what it shows then:
//   node docs/pictures/record.mjs docs/pictures/run.svg 'step  2' run spam   (at step 20)
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import stringWidth from 'string-width';

const COLUMNS = 100;
const ROWS = 30;
const LONGEST_WAIT_MS = 20 * 60_000;
const CELL = { width: 8.4, height: 18 };
const PALETTE = ['#1c2128', '#f47067', '#57ab5a', '#c69026', '#539bf5', '#b083f0', '#39c5cf', '#adbac7'];
const BRIGHT = ['#768390', '#ff938a', '#6bc46d', '#daaa3f', '#6cb6ff', '#dcbdfb', '#56d4dd', '#ffffff'];

const [out, awaited, ...words] = process.argv.slice(2);
if (out === undefined || awaited === undefined) {
  process.stderr.write('usage: node docs/pictures/record.mjs OUT.svg TEXT [arguments of rlprompt]\n');
  process.exit(64);
}
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const session = `record-${process.pid}`;
const tmux = (...args) => execFileSync('tmux', args, { encoding: 'utf8' });
const quoted = [process.execPath, join(root, 'bin/rlprompt.js'), ...words].map((word) => `'${word}'`).join(' ');
tmux(
  'new-session',
  '-d',
  '-s',
  session,
  '-x',
  `${COLUMNS}`,
  '-y',
  `${ROWS}`,
  `COLORTERM=truecolor ${quoted}; sleep 60`,
);
try {
  const until = Date.now() + LONGEST_WAIT_MS;
  while (!tmux('capture-pane', '-p', '-t', session).includes(awaited)) {
    if (Date.now() > until) throw new Error(`the screen never showed "${awaited}"`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  writeFileSync(out, toSvg(tmux('capture-pane', '-e', '-p', '-t', session).replace(/\n+$/, '').split('\n')));
} finally {
  tmux('kill-session', '-t', session);
}

/** Dots of charts come from another font, whose width would move the letters beside them. */
function dotsApart({ text, style }) {
  return text.split(/([\u2800-\u28ff]+)/u).flatMap((part) => (part === '' ? [] : [{ text: part, style }]));
}

/** Lines with escape sequences for colour, as one picture. */
function toSvg(lines) {
  const [width, height] = [COLUMNS * CELL.width + 32, lines.length * CELL.height + 32];
  const rows = lines.map((line, row) => {
    let column = 0;
    const spans = spansOf(line)
      .flatMap(dotsApart)
      .map(({ text, style }) => {
        const x = (16 + column * CELL.width).toFixed(1);
        column += stringWidth(text);
        return text.trim() === ''
          ? ''
          : `<tspan x="${x}" textLength="${(stringWidth(text) * CELL.width).toFixed(1)}"${style}>${escapeXml(text)}</tspan>`;
      });
    return `<text y="${30 + row * CELL.height}" xml:space="preserve">${spans.join('')}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="rlprompt in a terminal">
<rect width="100%" height="100%" rx="8" fill="#22272e"/>
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" fill="#adbac7">
${rows.join('\n')}
</g>
</svg>
`;
}

function spansOf(line) {
  const spans = [];
  const state = { fill: undefined, isBold: false, isDim: false, isInverse: false };
  for (const [, codes, text] of line.matchAll(/(?:\x1b\[([\d;]*)m)|([^\x1b]+)/g)) {
    if (text !== undefined) spans.push({ text, style: styleOf(state) });
    else apply(state, codes.split(';').map(Number));
  }
  return spans;
}

function apply(state, codes) {
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i];
    if (code === 0) Object.assign(state, { fill: undefined, isBold: false, isDim: false, isInverse: false });
    else if (code === 1) state.isBold = true;
    else if (code === 2) state.isDim = true;
    else if (code === 7) state.isInverse = true;
    else if (code === 22) Object.assign(state, { isBold: false, isDim: false });
    else if (code === 27) state.isInverse = false;
    else if (code === 39) state.fill = undefined;
    else if (code >= 30 && code < 38) state.fill = PALETTE[code - 30];
    else if (code >= 90 && code < 98) state.fill = BRIGHT[code - 90];
    else if (code === 38 && codes[i + 1] === 2) {
      state.fill = `rgb(${codes.slice(i + 2, i + 5).join(',')})`;
      i += 4;
    } else if (code === 38 && codes[i + 1] === 5) {
      state.fill = xterm256(codes[i + 2]);
      i += 2;
    }
  }
}

function styleOf({ fill, isBold, isDim, isInverse }) {
  return [
    fill === undefined ? '' : ` fill="${fill}"`,
    isBold || isInverse ? ' font-weight="bold"' : '',
    isDim ? ' opacity="0.65"' : '',
  ].join('');
}

function xterm256(index) {
  if (index < 8) return PALETTE[index];
  if (index < 16) return BRIGHT[index - 8];
  if (index >= 232)
    return `rgb(${Array(3)
      .fill(8 + (index - 232) * 10)
      .join(',')})`;
  const level = (n) => (n === 0 ? 0 : 55 + n * 40);
  const cube = index - 16;
  return `rgb(${[Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(level).join(',')})`;
}

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
