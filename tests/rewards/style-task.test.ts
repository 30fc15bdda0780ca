import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadTask } from '../../src/task/load/load-task.js';
import { taskTemplate } from '../../src/task/task-template.js';
import { refusalOf } from '../data/data-folder.js';
import { temporaryFolder } from '../run/temporary-folder.js';

describe('a style-transfer task', () => {
  it('comes with the program: formality, with references and no text in two splits', async () => {
    const task = await loadTask('formality', { seed: 0, shots: 16 });
    expect(task.warnings).toEqual([]);
    expect(task.groupBy).toBe('example');
    const { train, dev, test } = task.splits;
    expect([train.length, dev.length, test.length]).toEqual([16, 16, 24]);
    for (const { text, label, fields } of [...train, ...dev, ...test]) {
      expect(task.labels[label!]!.name).toBe('formal');
      expect(fields.reference).not.toBe(text);
      expect(`${text}${fields.reference}`).not.toContain('"');
    }
  });

  it('puts the input into quotation marks, and leaves one open for what is written', async () => {
    const task = await loadTask('formality', { seed: 0, shots: 16 });
    expect(taskTemplate(task, 'causal').source).toBe('{prompt} "{input}" "');
  });

  it('is refused with one style only', async () => {
    const file = join(temporaryFolder(), 'task.mjs');
    const rows = '[{ text: "a", label: "formal" }]';
    const examples = `{ train: ${rows}, dev: ${rows}, test: ${rows} }`;
    writeFileSync(file, `export default { name: 'one', kind: 'style-transfer', examples: ${examples} };\n`);
    const error = await refusalOf(() => loadTask(file, { seed: 0, shots: 16 }));
    expect(error.code).toBe('E_TASK_ONE_STYLE');
    expect(error.exit).toBe('data');
  });
});
