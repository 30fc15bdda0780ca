// Runs the demo without a build: node tests/ui/demo.mjs [speed] [steps]
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const built = mkdtempSync(join(tmpdir(), 'rlprompt-demo-'));
process.on('exit', () => rmSync(built, { recursive: true, force: true }));

const sources = ['src', 'tests/ui'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name)),
);
for (const file of sources.filter((name) => /(?<!\.test)\.tsx?$/.test(name))) {
  const { outputText } = ts.transpileModule(readFileSync(join(root, file), 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, jsx: ts.JsxEmit.ReactJSX },
  });
  mkdirSync(join(built, dirname(file)), { recursive: true });
  writeFileSync(join(built, file.replace(/\.tsx?$/, '.js')), outputText);
}
writeFileSync(join(built, 'package.json'), '{"type":"module"}');
symlinkSync(join(root, 'node_modules'), join(built, 'node_modules'), 'junction');
await import(pathToFileURL(join(built, 'tests/ui/demo.js')).href);
