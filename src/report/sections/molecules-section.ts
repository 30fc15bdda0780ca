import type { DrawnMolecule } from '../draw-molecules.js';
import { type Html, html } from '../html.js';
import { scoreText } from '../score-text.js';

/** The best molecules of a run, drawn; nothing where there is none. */
export function renderMolecules(molecules: readonly DrawnMolecule[]): Html | undefined {
  if (molecules.length === 0) return undefined;
  return html`<section><h3>Molecules</h3><p>QED is how drug-like a molecule is, from 0 to 1.</p><ul class="molecules">${molecules.map(renderMolecule)}</ul></section>`;
}

function renderMolecule({ smiles, qed, drawing: { width, height, paths } }: DrawnMolecule): Html {
  const lines = paths.map(({ d, fill, stroke }) => html`<path d="${d}" fill="${fill}" stroke="${stroke}"/>`);
  return html`<li><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${smiles}">${lines}</svg><code>${smiles}</code><span>QED ${scoreText(qed)}</span></li>`;
}
