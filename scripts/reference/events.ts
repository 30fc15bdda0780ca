import { join } from 'node:path';
import ts from 'typescript';
import { commentOf, nodesOf, parse, ROOT } from './source.js';
import { code, heading, table } from './table.js';

const INTRODUCTION = `A run writes its events to \`events.jsonl\`, one JSON object per line, and \`--ui json\` prints the same lines on standard
error. Each event has \`seq\`, which grows by one per event, and \`type\`. Programs should ignore fields and types that they do not know.`;

/** The event types and the types of their fields, as `src/events.ts` declares them. */
export function eventsPage(): string {
  const file = parse(join(ROOT, 'src/events.ts'));
  const interfaces = new Map(
    file.statements.filter(ts.isInterfaceDeclaration).map((declaration) => [declaration.name.text, declaration]),
  );
  const union = file.statements.filter(ts.isTypeAliasDeclaration).find(({ name }) => name.text === 'RunEvent')
    ?.type as ts.UnionTypeNode;
  const events = union.types.map((type) => interfaces.get(type.getText())).filter((found) => found !== undefined);
  const parts = usedBy(events, interfaces);
  return [
    heading('Events', INTRODUCTION),
    ...events.map((event) => `## ${typeNames(event)}\n\n${describe(event, (name) => name !== 'type')}`),
    '## Parts of events\n',
    ...parts.map((part) => `### ${part.name.text}\n\n${describe(part, () => true)}`),
  ].join('\n');
}

function typeNames(event: ts.InterfaceDeclaration): string {
  const type = event.members.find((member) => member.name?.getText() === 'type');
  const literals = type ? [...nodesOf(type)].filter(ts.isStringLiteral) : [];
  return literals.map(({ text }) => code(text)).join(', ');
}

function describe(declaration: ts.InterfaceDeclaration, isShown: (name: string) => boolean): string {
  const members = declaration.members.filter(ts.isPropertySignature).filter(({ name }) => isShown(name.getText()));
  const rows = members.map((member) => [
    code(member.name.getText()) + (member.questionToken ? ' (optional)' : ''),
    code(typeText(member)),
    commentOf(member),
  ]);
  const comment = commentOf(declaration);
  const text = rows.length > 0 ? `${table(['field', 'type', 'meaning'], rows)}\n` : 'It has no other fields.\n';
  return comment ? `${comment}\n\n${text}` : text;
}

/** Comments within the type would break the table. */
function typeText({ type }: ts.PropertySignature): string {
  return (type?.getText() ?? '')
    .replaceAll(/\/\*\*[\s\S]*?\*\//g, '')
    .replaceAll('readonly ', '')
    .replaceAll(/\s+/g, ' ')
    .replace(/^\| /, '');
}

/** The interfaces of the file that events are made of, in the order of the file. */
function usedBy(
  events: readonly ts.InterfaceDeclaration[],
  interfaces: ReadonlyMap<string, ts.InterfaceDeclaration>,
): ts.InterfaceDeclaration[] {
  const used = new Set<ts.InterfaceDeclaration>();
  const visit = (declaration: ts.InterfaceDeclaration): void => {
    for (const member of declaration.members) {
      for (const node of nodesOf(member)) {
        const part = ts.isIdentifier(node) ? interfaces.get(node.text) : undefined;
        if (!part || used.has(part)) continue;
        used.add(part);
        visit(part);
      }
    }
  };
  for (const event of events) visit(event);
  return [...interfaces.values()].filter((declaration) => used.has(declaration));
}
