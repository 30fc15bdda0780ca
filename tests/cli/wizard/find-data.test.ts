import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newestDataFile } from '../../../src/cli/wizard/find-data.js';
import { dataFolder } from '../../data/data-folder.js';

const folder = dataFolder();

it('offers the newest file of rows: an array or records, but no other JSON, and nothing that predict wrote or is to read', () => {
  const write = (name: string, text: string, age: number) => {
    folder.write(name, text);
    const time = new Date(Date.UTC(2024, 0, 1) - age * 1000);
    utimesSync(join(folder.path, name), time, time);
  };
  write('best.json', '{\n  "schemaVersion": 1,\n  "prompt": "It was"\n}\n', 0);
  write('package.json', '{"name": "mine"}', 0);
  const rows = 'a,b\n'.repeat(8);
  write('old.csv', `text,label\n${rows}`, 100);
  write('new-mails.csv', 'text\na\nb\n', 0);
  expect(newestDataFile(folder.path)).toBe('old.csv');
  write('rows.json', '\n[\n  {"text": "a", "label": "b"}\n]', 50);
  expect(newestDataFile(folder.path)).toBe('rows.json');
  write('lines.json', '{"text": "a", "label": "b"}\n{"text": "c", "label": "b"}\n', 10);
  expect(newestDataFile(folder.path)).toBe('lines.json');
  write('labelled.csv', 'text,predicted,ham,spam\na,ham,0.9,0.1\n'.repeat(9), 0);
  write('labelled.jsonl', '{"text":"a","predicted":"ham","probabilities":{"ham":0.9,"spam":0.1}}\n'.repeat(9), 0);
  expect(newestDataFile(folder.path)).toBe('lines.json');
});
