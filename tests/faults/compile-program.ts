import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Compiles a TypeScript program and what it imports into `folder`, so that plain `node` starts it fast; returns its path. */
export function compileProgram(entry: string, folder: string): string {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const compiled = new Set<string>();
  const compile = (file: string): void => {
    if (compiled.has(file)) return;
    compiled.add(file);
    const output = join(folder, relative(ROOT, file)).replace(/\.ts$/, '.js');
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true };
    const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions: options });
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, outputText);
    for (const [, path] of outputText.matchAll(/from '(\.[^']+)\.js'/g)) compile(resolve(dirname(file), `${path}.ts`));
  };
  compile(resolve(ROOT, entry));
  return join(folder, entry.replace(/\.ts$/, '.js'));
}
