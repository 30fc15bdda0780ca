import { describe, expect, it } from 'vitest';
import { BoundedOutput, visibleText } from '../../src/user-code/bounded-output.js';

describe('text of a reward', () => {
  it('has its controls and unseen characters spelled out, and keeps line ends and tabs', () => {
    expect(visibleText('a\x1b[31mb\n\tc')).toBe('a\\x1b[31mb\n\tc');
    expect(visibleText('\x00\x7f\x9f')).toBe('\\x00\\x7f\\x9f');
    expect(visibleText('\u202eabc\u200b\u2028')).toBe('\\u{202e}abc\\u{200b}\\u{2028}');
    expect(visibleText('größer 漢 🙂')).toBe('größer 漢 🙂');
  });
});

describe('the output of a call', () => {
  const KEPT = 64 * 1024;

  it('is what was printed since the last time', () => {
    const output = new BoundedOutput();
    expect(output.take()).toBe('');
    output.append(Buffer.from('one '));
    output.append(Buffer.from('two'));
    expect(output.take()).toBe('one two');
    output.append(Buffer.from('three\x1b'));
    expect(output.take()).toBe('three\\x1b');
  });

  it('is kept up to 64 KiB, and the rest is counted, chunk by chunk', () => {
    const output = new BoundedOutput();
    output.append(Buffer.alloc(KEPT - 1, 'a'));
    output.append(Buffer.from('bcd'));
    output.append(Buffer.from('efg'));
    expect(output.take()).toBe(`${'a'.repeat(KEPT - 1)}b\n… and 5 bytes more\n`);
    output.append(Buffer.alloc(KEPT, 'h'));
    expect(output.take()).toBe('h'.repeat(KEPT));
  });

  it('does not change when the chunk it came from is used again', () => {
    const output = new BoundedOutput();
    const chunk = Buffer.from('kept');
    output.append(chunk);
    chunk.fill('x');
    expect(output.take()).toBe('kept');
  });
});
