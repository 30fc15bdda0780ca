import ts from 'typescript';
import { EXIT_CODES, type ExitReason } from '../../src/errors.js';
import { nodesOf, sourceFiles } from './source.js';

const CODE = /^E_[A-Z0-9_]+$/;

/** How the conditions around an error code come out, by their text. */
type Outcomes = ReadonlyMap<string, boolean>;

/**
 * The exit codes that each error code is thrown with, read from the code: beside `code` in the object of an error, or
 * where a function that makes errors is called.
 */
export function exitCodesByError(): Map<string, number[]> {
  const files = sourceFiles(['src', 'tasks']).filter(
    ({ text }) => text.includes('E_') || text.includes('RlpromptError'),
  );
  const found = new Map<string, Set<number>>();
  const add = (code: string, reasons: readonly ExitReason[]): void => {
    found.set(code, new Set([...(found.get(code) ?? []), ...reasons.map((reason) => EXIT_CODES[reason])]));
  };
  for (const file of files) {
    for (const node of nodesOf(file)) {
      if (ts.isStringLiteral(node) && CODE.test(node.text) && !isComparison(node.parent))
        add(node.text, exitsOf(node, files));
    }
  }
  const forwarded = files.flatMap((file) =>
    [...nodesOf(file)].filter(ts.isObjectLiteralExpression).filter(isForwarding),
  );
  for (const [code, exits] of found) {
    if (exits.size > 0) continue;
    for (const object of forwarded)
      add(code, exitsOfObject(object, comparisonsWith(object, code, found.keys()), files));
  }
  return new Map([...found].map(([code, exits]) => [code, [...exits].sort((a, b) => a - b)]));
}

/** How an error that takes the code of another object decides about its exit. */
function comparisonsWith(object: ts.ObjectLiteralExpression, code: string, codes: Iterable<string>): Outcomes {
  const taken = initialiser(object, 'code')?.getText();
  return new Map([...codes].map((other) => [`${taken} === '${other}'`, other === code]));
}

function exitsOf(code: ts.StringLiteral, files: readonly ts.SourceFile[]): ExitReason[] {
  const outcomes = outcomesAround(code);
  for (let node: ts.Node = code.parent; !ts.isSourceFile(node); node = node.parent) {
    if (ts.isObjectLiteralExpression(node) && isError(node)) return exitsOfObject(node, outcomes, files);
    if (ts.isCallExpression(node)) {
      const given = node.arguments.flatMap((argument) => reasonsIn(argument, outcomes));
      return given.length > 0 ? given : exitsOfMaker(node, files);
    }
    if (ts.isFunctionDeclaration(node)) return errorsIn(node).flatMap((error) => exitsOfObject(error, outcomes, files));
  }
  return [];
}

function outcomesAround(code: ts.Node): Outcomes {
  const outcomes = new Map<string, boolean>();
  for (let node = code; ts.isExpression(node); node = node.parent) {
    const { parent } = node;
    if (ts.isConditionalExpression(parent)) outcomes.set(parent.condition.getText(), parent.whenTrue === node);
  }
  return outcomes;
}

/** The function that is called: of the same file, or exported by another. */
function exitsOfMaker(call: ts.CallExpression, files: readonly ts.SourceFile[]): ExitReason[] {
  const name = call.expression.getText();
  const isMaker = (node: ts.Node): node is ts.FunctionDeclaration =>
    ts.isFunctionDeclaration(node) && node.name?.text === name;
  const near = call.getSourceFile().statements.filter(isMaker);
  const makers = near.length > 0 ? near : files.flatMap(({ statements }) => statements.filter(isMaker));
  return makers.flatMap(errorsIn).flatMap((error) => exitsOfObject(error, new Map(), files));
}

function errorsIn(node: ts.Node): ts.ObjectLiteralExpression[] {
  return [...nodesOf(node)].filter(ts.isObjectLiteralExpression).filter(isError);
}

function isError(object: ts.ObjectLiteralExpression): boolean {
  return object.properties.some((property) => property.name?.getText() === 'code');
}

/** Whether an error has the code of another object. */
function isForwarding(object: ts.ObjectLiteralExpression): boolean {
  const code = initialiser(object, 'code');
  return code !== undefined && ts.isPropertyAccessExpression(code) && initialiser(object, 'exit') !== undefined;
}

function exitsOfObject(
  object: ts.ObjectLiteralExpression,
  outcomes: Outcomes,
  files: readonly ts.SourceFile[],
): ExitReason[] {
  const given = initialiser(object, 'exit');
  if (given) return reasonsIn(given, outcomes);
  const isNamed = object.properties.some((property) => property.name?.getText() === 'exit');
  return isNamed ? exitsOfVariable(object, outcomes, files) : [];
}

/** `exit` alone: a constant beside the error, or a parameter of the function that makes it. */
function exitsOfVariable(error: ts.Node, outcomes: Outcomes, files: readonly ts.SourceFile[]): ExitReason[] {
  let maker = error;
  while (!ts.isFunctionLike(maker)) maker = maker.parent;
  const constants = [...nodesOf(maker)]
    .filter(ts.isVariableDeclaration)
    .filter(({ name }) => name.getText() === 'exit');
  if (constants.length > 0)
    return constants.flatMap(({ initializer }) => (initializer ? reasonsIn(initializer, outcomes) : []));
  const name = maker.name?.getText();
  const calls = files.flatMap((file) => [...nodesOf(file)].filter(ts.isCallExpression));
  return calls
    .filter(({ expression }) => expression.getText() === name)
    .flatMap((call) => call.arguments.flatMap((argument) => reasonsIn(argument, outcomes)));
}

function initialiser(object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  return object.properties.filter(ts.isPropertyAssignment).find((property) => property.name.getText() === name)
    ?.initializer;
}

/** The exits that an expression can give, where some conditions are known. */
function reasonsIn(expression: ts.Expression, outcomes: Outcomes): ExitReason[] {
  if (ts.isConditionalExpression(expression)) {
    const outcome = outcomes.get(expression.condition.getText());
    const { whenTrue, whenFalse } = expression;
    return [
      ...(outcome === false ? [] : reasonsIn(whenTrue, outcomes)),
      ...(outcome === true ? [] : reasonsIn(whenFalse, outcomes)),
    ];
  }
  if (ts.isElementAccessExpression(expression)) return reasonsOfTable(expression);
  const literals = [...nodesOf(expression)].filter(ts.isStringLiteral).filter(({ parent }) => !isComparison(parent));
  return literals.map(({ text }) => text).filter((text): text is ExitReason => Object.hasOwn(EXIT_CODES, text));
}

/** All that a table of exits holds, for instance by signal. */
function reasonsOfTable({ expression }: ts.ElementAccessExpression): ExitReason[] {
  const tables = [...nodesOf(expression.getSourceFile())]
    .filter(ts.isVariableDeclaration)
    .filter(({ name }) => name.getText() === expression.getText());
  return tables.flatMap(({ initializer }) => (initializer ? reasonsIn(initializer, new Map()) : []));
}

function isComparison(node: ts.Node): boolean {
  return ts.isBinaryExpression(node);
}
