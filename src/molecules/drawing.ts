/** Lines and letters of a drawing: nothing of RDKit's markup is kept but coordinates and colours. */
export interface MoleculeDrawing {
  readonly width: number;
  readonly height: number;
  readonly paths: readonly DrawnPath[];
}

export interface DrawnPath {
  /** The commands of an SVG path. */
  readonly d: string;
  /** A colour such as `#FF0000`, or `none`. */
  readonly fill: string;
  readonly stroke: string;
}

const PATH = /<path\b([^>]*)\/>/g;
const COMMANDS = /\bd='([MLQCZ\d\s.,-]+)'/;
const COLOUR = '(#[0-9A-Fa-f]{6}|none)';

/** Reads the paths of an SVG document; what is not exactly a path of coordinates is left out. */
export function readDrawing(svg: string, size: { readonly width: number; readonly height: number }): MoleculeDrawing {
  const paths = [...svg.matchAll(PATH)].flatMap(([, attributes = '']): DrawnPath[] => {
    const d = COMMANDS.exec(attributes)?.[1]?.replace(/\s+/g, ' ');
    if (d === undefined) return [];
    return [{ d, fill: colour('fill', attributes), stroke: colour('stroke', attributes) }];
  });
  return { ...size, paths };
}

/** As an attribute or in a style. */
function colour(name: 'fill' | 'stroke', attributes: string): string {
  return new RegExp(`\\b${name}(?:=['"]|:)${COLOUR}`).exec(attributes)?.[1] ?? 'none';
}
