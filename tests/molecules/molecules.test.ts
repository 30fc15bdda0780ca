import { beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { measureMolecules } from '../../src/molecules/measure-molecules.js';
import { Molecules, tanimoto } from '../../src/molecules/molecules.js';
import { RDKIT_VERSION, startRdkit } from '../../src/molecules/rdkit.js';

let molecules: Molecules;

beforeAll(async () => {
  molecules = await Molecules.open();
});

describe('a molecule', () => {
  it.each([
    ['N=C(CCSCc1csc(N=C(N)N)n1)NS(N)(=O)=O', 0.253],
    ['CNC(=NCCSCc1nc[nH]c1C)NC#N', 0.234],
    ['CCCCCNC(=N)NN=Cc1c[nH]c2ccc(CO)cc12', 0.234],
  ])('%s has the QED that RDKit gives for it', (smiles, expected) => {
    const { qed } = molecules.parse(smiles);
    expect(Math.floor(qed * 1000) / 1000).toBe(expected);
  });

  // What the Python package of the same version gives; the third has an aliphatic ring between two aromatic ones.
  it.each([
    ['c1ccc2ccccc2c1', 0.5114311994891171],
    ['C1CCCCC1', 0.42231618686094674],
    ['c1ccc2c(c1)Cc1ccccc1-2', 0.48057199184742166],
  ])('%s counts its aromatic rings as RDKit does', (smiles, expected) => {
    expect(molecules.parse(smiles).qed).toBeCloseTo(expected, 12);
  });

  it('has one canonical form, however it is written', () => {
    expect(molecules.canonical('OCC')).toBe('CCO');
    expect(molecules.read('C(C)O')).toMatchObject({ smiles: 'C(C)O', canonical: 'CCO' });
  });

  it.each(['', 'c1ccccc', 'C(C)(C)(C)(C)C', 'CC O', 'C[', 'hello'])('is not spelled by %j', (text) => {
    expect(molecules.read(text)).toBeUndefined();
    expect(molecules.canonical(text)).toBeUndefined();
    expect(molecules.draw(text, { width: 100, height: 100 })).toBeUndefined();
    expect(() => molecules.parse(text)).toThrow(expect.objectContaining({ code: 'E_SMILES', exit: 'data' }));
  });

  it('is drawn as SVG of the size asked for', () => {
    const drawing = molecules.draw('CCO', { width: 120, height: 90 });
    expect(drawing).toContain('<svg');
    expect(drawing).toContain("width='120px'");
    expect(drawing).not.toMatch(/<script|href=|onload/);
  });
});

describe('tanimoto', () => {
  it('is the share of common bits', () => {
    expect(tanimoto(Uint8Array.of(0b1110, 1), Uint8Array.of(0b0111, 0))).toBe(2 / 5);
    expect(tanimoto(Uint8Array.of(0), Uint8Array.of(0))).toBe(0);
  });

  it('is 1 for a molecule written in two ways, and small for different ones', () => {
    const [a, b, c] = ['OCC', 'CCO', 'c1ccncc1'].map((smiles) => molecules.parse(smiles).fingerprint);
    expect(tanimoto(a!, b!)).toBe(1);
    expect(tanimoto(a!, c!)).toBeLessThan(0.2);
  });
});

describe('what a sample is worth', () => {
  it('counts valid, different and unknown molecules, and how unlike they are', async () => {
    const { measures, molecules: best } = await measureMolecules(
      molecules,
      ['CCO', 'OCC', 'C1', 'c1ccncc1'],
      new Set(['CCO']),
    );
    const [ethanol, pyridine] = ['CCO', 'c1ccncc1'].map((smiles) => molecules.parse(smiles));
    expect(measures).toMatchObject({ written: 4, validity: 3 / 4, uniqueness: 2 / 3, novelty: 1 / 2 });
    expect(measures.diversity).toBe(1 - tanimoto(ethanol!.fingerprint, pyridine!.fingerprint));
    expect(measures.qed).toBeCloseTo((2 * ethanol!.qed + pyridine!.qed) / 3, 12);
    expect(best.map(({ canonical }) => canonical)).toEqual(['c1ccncc1', 'CCO']);
  });

  it('is nothing where no text is a molecule', async () => {
    const { measures } = await measureMolecules(molecules, ['C1', ''], new Set());
    expect(measures).toEqual({ written: 2, validity: 0, uniqueness: 0, novelty: 0, diversity: 0, qed: 0 });
  });
});

it('leaves signals and the screen their turn while a large sample is measured', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await measureMolecules(molecules, Array<string>(600).fill('CC(=O)OC1=CC=CC=C1C(=O)O'), new Set());
  clearInterval(timer);
  expect(turns).toBeGreaterThan(0);
});

describe('RDKit', () => {
  it('is named where it is missing, with what installs it', async () => {
    const missing = startRdkit(() => Promise.reject(new Error('Cannot find package')));
    await expect(missing).rejects.toMatchObject({
      code: 'E_RDKIT_MISSING',
      exit: 'unavailable',
      next: `npm install @rdkit/rdkit@${RDKIT_VERSION}`,
    });
  });

  it('is the version that the package asks for', () => {
    expect(manifest.optionalDependencies['@rdkit/rdkit']).toBe(RDKIT_VERSION);
  });
});
