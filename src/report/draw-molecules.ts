import type { PromptSummary } from '../events.js';
import { type MoleculeDrawing, readDrawing } from '../molecules/drawing.js';
import { distinctMolecules, Molecules } from '../molecules/molecules.js';

const SHOWN = 8;
const SIZE = { width: 240, height: 180 };

/** A molecule of the page. */
export interface DrawnMolecule {
  /** In canonical form. */
  readonly smiles: string;
  readonly qed: number;
  readonly drawing: MoleculeDrawing;
}

/**
 * The best prompts of a run that are molecules: those whose reward gave them the metric `validity` of 1.
 * @param open loads RDKit; where it cannot be had, the page goes without drawings
 */
export async function drawMolecules(
  prompts: readonly PromptSummary[],
  open: () => Promise<Molecules> = Molecules.open,
): Promise<DrawnMolecule[]> {
  const texts = prompts.filter(({ train }) => train.validity === 1).map(({ text }) => text);
  if (texts.length === 0) return [];
  const reader = await open().catch(() => undefined);
  const read = texts.flatMap((text) => reader?.read(text) ?? []);
  const different = distinctMolecules(read);
  return different.slice(0, SHOWN).flatMap(({ canonical, qed }) => {
    const svg = reader?.draw(canonical, SIZE);
    return svg === undefined ? [] : [{ smiles: canonical, qed, drawing: readDrawing(svg, SIZE) }];
  });
}
