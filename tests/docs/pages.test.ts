import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/reference/source.js';
import { LOSS_NAMES, TRAINER_NAMES } from '../../src/trainers/trainer-table.js';

const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'examples/README.md'],
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** As GitHub names the heading of a page. */
function anchorOf(heading: string): string {
  const letters = heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '');
  return letters.replaceAll(' ', '-');
}

/** The links of a page to files of the repository, as they are written. */
function linksOf(page: string): string[] {
  const prose = textOf(page)
    .replaceAll(/^```.*?^```/gms, '')
    .replaceAll(/`[^`\n]*`/g, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => !/^[a-z]+:/.test(link));
}

function isBroken(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
  if (!existsSync(join(ROOT, file))) return true;
  if (anchor === undefined) return false;
  const headings = [...textOf(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
  return !headings.includes(anchor);
}

describe('the links of the pages', () => {
  it('are found', () => {
    expect(linksOf('README.md').length).toBeGreaterThan(20);
    expect(isBroken('README.md', 'docs/none.md')).toBe(true);
    expect(isBroken('README.md', 'docs/tutorial.md#none')).toBe(true);
  });

  it.each(pages)('%s links to what is there', (page) => {
    expect(linksOf(page).filter((link) => isBroken(page, link))).toEqual([]);
  });
});

describe('the page on the architecture', () => {
  const page = textOf('docs/explanation/architecture.md');
  const [, tree = ''] = /^src\/\n(.*?)^```$/ms.exec(page) ?? [];
  /** What stands beside the name of each folder, by that name. */
  const entries = new Map(
    tree.split(/\n(?= {2}\S)/).map((entry) => {
      const [name = '', ...words] = entry.trim().split(/\s+/);
      return [name, words.join(' ')];
    }),
  );
  const foldersIn = (path: string): string[] =>
    readdirSync(join(ROOT, path), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []));

  it.each(foldersIn('src'))('names src/%s and the folders in it', (folder) => {
    const text = entries.get(`${folder}/`);
    expect(text).toBeDefined();
    const words = new Set(text?.split(/[\s:,;()]+/));
    expect(
      foldersIn(join('src', folder)).filter((inner) => ![`${inner}/`, `${inner}/<name>/`].some((n) => words.has(n))),
    ).toEqual([]);
  });

  it('names the other folders of the repository', () => {
    const made = new Set(['dist', 'node_modules', 'coverage', 'runs']);
    const others = foldersIn('.').filter((name) => !made.has(name) && !name.startsWith('.'));
    expect(others.filter((name) => !page.includes(`\n${name}/`))).toEqual([]);
  });
});

describe('the pages of the trainers', () => {
  const overview = textOf('docs/explanation/trainers/README.md');
  const vocabulary = textOf('docs/reference/vocabulary.md');

  it.each(TRAINER_NAMES)('%s has a page with its equations and results, and a row in the overview', (name) => {
    expect(textOf(`docs/explanation/trainers/${name}.md`)).toMatch(/^## Equations$.*^## Results$/ms);
    expect(overview).toContain(`| [\`${name}\`](${name}.md) |`);
  });

  it.each(LOSS_NAMES)('the vocabulary has a line for the loss %s', (loss) => {
    expect(vocabulary).toContain(`\n| \`${loss}\` |`);
  });
});
