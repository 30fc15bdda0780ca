import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Compiles a TypeScript program and what it imports into `folder`, so that plain `node` starts it fast; returns its path. */
export function compileProgram(entry: string, folder: string): string {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const compiled = new Set<string>();
  const compile = (file: string): void => {
    if (compiled.has(file)) return;
    compiled.add(file);
    const output = compiledPath(join(folder, relative(ROOT, file)));
    const options = {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      jsx: ts.JsxEmit.ReactJSX,
      verbatimModuleSyntax: true,
    };
    const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), { fileName: file, compilerOptions: options });
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, outputText);
    for (const [, path] of outputText.matchAll(/(?:from |import |import\()'(\.[^']+)\.js'/g))
      compile(sourceOf(resolve(dirname(file), path!)));
  };
  compile(resolve(ROOT, entry));
  return join(folder, compiledPath(entry));
}

function compiledPath(source: string): string {
  return source.replace(/\.tsx?$/, '.js');
}

function sourceOf(path: string): string {
  return existsSync(`${path}.tsx`) ? `${path}.tsx` : `${path}.ts`;
}
