import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import type { ConfigProblem } from '../values/config-problem.js';

/** Plain data of a YAML or JSON text, and where each top-level key stands in it. */
export interface YamlValues {
  /** Without a prototype. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly positions: ReadonlyMap<string, string>;
  readonly problems: readonly ConfigProblem[];
}

const DEEPEST = 64;

/**
 * Reads a flat configuration from YAML 1.2 (or JSON, with `schema: 'json'`). Duplicate keys, aliases, tags,
 * `__proto__` and nesting beyond 64 levels are problems, each with its file:line:column.
 */
export function readYamlValues(text: string, file: string, schema: 'core' | 'json'): YamlValues {
  if (nestsTooDeep(text)) {
    const problem = { message: `nested deeper than ${DEEPEST} levels`, where: file };
    return { values: Object.create(null), positions: new Map(), problems: [problem] };
  }
  return new YamlReader(text, file, schema).read();
}

class YamlReader {
  private readonly problems: ConfigProblem[] = [];
  private readonly positions = new Map<string, string>();
  private readonly lines = new LineCounter();

  constructor(
    private readonly text: string,
    private readonly file: string,
    private readonly schema: 'core' | 'json',
  ) {}

  read(): YamlValues {
    // The library's own check for duplicate keys takes quadratic time; `map` below does it with a set.
    const { contents, errors, warnings } = parseDocument(this.text, {
      schema: this.schema,
      lineCounter: this.lines,
      prettyErrors: false,
      uniqueKeys: false,
    });
    for (const { message, pos } of [...errors, ...warnings]) this.refuse(message.split('\n')[0] ?? message, pos[0]);
    let values: Record<string, unknown> = Object.create(null);
    if (this.problems.length > 0) return this.result(values);
    if (isMap(contents)) values = this.map(contents.items, true);
    else if (contents && !(isScalar(contents) && contents.value === null)) {
      this.refuse('expected keys and values', contents.range?.[0]);
    }
    return this.result(values);
  }

  private result(values: Record<string, unknown>): YamlValues {
    return { values, positions: this.positions, problems: this.problems };
  }

  private value(node: unknown): unknown {
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return node.items.map((item) => this.value(item));
    if (isMap(node)) return this.map(node.items, false);
    if (isAlias(node)) this.refuse('aliases (*name) are not allowed', node.range?.[0]);
    return null;
  }

  private map(pairs: readonly Pair[], isRoot: boolean): Record<string, unknown> {
    const record: Record<string, unknown> = Object.create(null);
    for (const { key, value } of pairs) {
      const offset = (key as Node | null)?.range?.[0];
      const name = isScalar(key) ? String(key.value) : '';
      if (name === '' || name === '__proto__') this.refuse(`${name || 'a collection'} cannot be a key`, offset);
      else if (name in record) this.refuse(`${name} stands here twice`, offset);
      else {
        record[name] = this.value(value);
        if (isRoot) this.positions.set(name, this.where(offset));
      }
    }
    return record;
  }

  private refuse(message: string, offset: number | undefined): void {
    this.problems.push({ message, where: this.where(offset) });
  }

  private where(offset = 0): string {
    const { line, col } = this.lines.linePos(offset);
    return `${this.file}:${line}:${col}`;
  }
}

/** Cheap, and before a recursive parser sees the text. */
function nestsTooDeep(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth--;
    if (depth > DEEPEST) return true;
  }
  return /(?:[-?] ){65}/.test(text);
}
