import { expect, it } from 'vitest';
import type { PromptSummary } from '../../src/events.js';
import { readDrawing } from '../../src/molecules/drawing.js';
import { drawMolecules } from '../../src/report/draw-molecules.js';
import { renderMolecules } from '../../src/report/sections/molecules-section.js';

const prompt = (text: string, validity?: number): PromptSummary => ({
  text,
  tokenIds: [],
  tokens: [],
  step: 1,
  reward: 1,
  train: validity === undefined ? {} : { validity },
  origin: 'policy',
});

it('the valid molecules of a run are drawn, each once, in canonical form', async () => {
  const drawn = await drawMolecules([prompt('OCC', 1), prompt('CCO', 1), prompt('C1CC', 0), prompt('c1ccncc1')]);
  expect(drawn.map(({ smiles }) => smiles)).toEqual(['CCO']);
  const [{ qed, drawing } = { qed: 0, drawing: undefined }] = drawn;
  expect(qed).toBeCloseTo(0.4068, 4);
  expect(drawing?.paths.length).toBeGreaterThan(2);
  const page = renderMolecules(drawn)?.source;
  expect(page).toContain('QED is how drug-like a molecule is, from 0 to 1.');
  expect(page).toContain('aria-label="CCO"');
  expect(page).toMatch(/<path d="M [\d. ,L-]+" fill="none" stroke="#[0-9A-F]{6}"\/>/);
  expect(page).not.toContain('style=');
});

it('a page goes without drawings where no prompt is a molecule, or RDKit cannot be had', async () => {
  expect(await drawMolecules([prompt('In summary')])).toEqual([]);
  expect(await drawMolecules([prompt('CCO', 1)], () => Promise.reject(new Error('not installed')))).toEqual([]);
  expect(renderMolecules([])).toBeUndefined();
});

it('only coordinates and colours of an SVG document are kept', () => {
  const svg = `<svg onload='alert(1)'><script>alert(2)</script>
<path class='bond-0' d='M 1.0,2 L 3,-4' style='fill:none;stroke:#FF0000;stroke-width:2px' />
<path d='M 1,1 Z' fill='#0000FF' onclick='alert(3)'/><path d='M 1,1" onload=alert(4)' /><path d='M 2,2' style='fill:url(#x)'/></svg>`;
  expect(readDrawing(svg, { width: 10, height: 20 })).toEqual({
    width: 10,
    height: 20,
    paths: [
      { d: 'M 1.0,2 L 3,-4', fill: 'none', stroke: '#FF0000' },
      { d: 'M 1,1 Z', fill: '#0000FF', stroke: 'none' },
      { d: 'M 2,2', fill: 'none', stroke: 'none' },
    ],
  });
});
