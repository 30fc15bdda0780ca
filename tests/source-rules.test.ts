import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../src');
const files = readdirSync(source, { recursive: true })
  .map(String)
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(source, name), 'utf8') }));

interface Rule {
  readonly what: string;
  /** Folders and files that it holds for. */
  readonly in: RegExp;
  readonly refused: RegExp;
  /** Folders and files that may all the same. */
  readonly but?: RegExp;
}

const CLOCK = /Date\.now|new Date\(|performance\.now|hrtime/;
const CHANCE = /Math\.random|randomBytes|randomUUID|randomInt|getRandomValues/;

/** Why a run can be repeated, resumed and looked at: what no file of a folder does. */
const RULES: readonly Rule[] = [
  {
    what: 'no code draws from Math.random: a run is repeated by its seed',
    in: /./,
    refused: /Math\.random/,
  },
  {
    what: 'what decides reads no clock and draws no random name',
    in: /^(acting|analysis|classifier|data|decoding|goals|losses|metrics|policy|preferences|random|statistics|template|trainers|rewards|run\/(checkpoint|continue|plan|policies|select))\//,
    refused: new RegExp(`${CLOCK.source}|${CHANCE.source}`),
    // The name of a cache's file, and what a check tells of the time of a reward.
    but: /^rewards\/(cache\/score-store|custom\/custom-check)\.ts$/,
  },
  {
    what: 'only a line of safe text goes to Ink',
    in: /./,
    refused: /\b(Text|Static|Transform|Newline)\b[^;]*\} from 'ink'/,
    but: /^ui\/ink\/parts\/line\.tsx$/,
  },
  {
    what: 'a command speaks on stderr through say and its like, which let nothing drive the terminal',
    in: /^cli\//,
    refused: /stderr\.write\(|console\.(log|error|warn|info)\(/,
    but: /^cli\/(output\/say|main)\.ts$/,
  },
  {
    what: 'a result goes through the standard output that loses nothing',
    in: /^cli\//,
    refused: /process\.std(out|err)\b/,
    but: /^cli\/main\.ts$/,
  },
  {
    what: 'whether something is there is asked of factsOf, which bears any path',
    in: /./,
    refused: /\bstatSync\([^\n]*throwIfNoEntry/,
  },
  {
    what: 'whether something is there is asked of isThere, which does not take a forbidden folder for an empty one',
    in: /./,
    refused: /\bexistsSync\(/,
    // What is about to be written, what is looked for without a name, the program's own files, and a cache that one can do without.
    but: /^(files\/write\/make-folder|run\/store\/run-folder|cli\/(exports\/export-files|commands\/setup\/init)|config\/files\/config-file|package-root|export\/formats\/code\/node|lm\/(model\/embedded|onnx\/head\/split-storage)|rewards\/cache\/score-store)\.ts$/,
  },
  {
    what: 'a folder is made by makeFolder, which returns on any file system',
    in: /./,
    refused: /\bmkdir(Sync)?\([^\n]*recursive/,
  },
];

describe('the source', () => {
  it.each(RULES.map((rule) => [rule.what, rule] as const))('%s', (_, rule) => {
    const held = files.filter(({ name }) => rule.in.test(name));
    expect(held.length).toBeGreaterThan(0);
    const broken = held.filter(({ text }) => rule.refused.test(text)).map(({ name }) => name);
    expect(broken.filter((name) => !rule.but?.test(name))).toEqual([]);
    if (rule.but) expect(broken.length, 'an exception that nobody needs').toBeGreaterThan(0);
  });
});
