import ts from 'typescript';
import type { Renaming } from './names.ts';
import { everyNode, type Source } from './sources.ts';

/** What is copied beside what, in one source. */
export interface Copy {
  /** Names of the model: its type, its scenario, its contract. */
  readonly names: ReadonlySet<string>;
  readonly renamed: Renaming;
  /** The union that the model's type is a member of. */
  readonly union: string;
  /** Every event of the service: a table is what is keyed by nothing else. */
  readonly events: ReadonlySet<string>;
  readonly meaning: string;
  /** Module that is copied as a whole; where it is imported or exported, so is its copy. */
  readonly module: string | undefined;
}

/**
 * What a source is to the event. In its aggregate's folder its type and scenario are declared and folded; elsewhere in the
 * domain it has its line in total tables; contracts and publication declare and list what is published.
 */
export type Place = 'aggregate' | 'domain' | 'published';

interface Insertion {
  readonly at: number;
  readonly text: string;
  readonly imports: boolean;
}

/**
 * The source with a copy beside every place where the model is declared or listed: declaration, member of the union or of
 * the interface of events, key of a table, import, export, element of the list of contracts. Unformatted.
 */
export function withCopies({ tree, text }: Source, place: Place, copy: Copy): string {
  const insertions: Insertion[] = [];
  everyNode(tree, (node) => {
    const inserted = besides(node, place, copy);
    if (inserted !== undefined)
      insertions.push({ at: node.getEnd(), text: inserted, imports: ts.isImportSpecifier(node) });
  });
  // What is imported is used: where nothing else was copied, the model is only mentioned.
  if (insertions.every(({ imports }) => imports)) return text;
  return insertions.reduceRight((result, { at, text: more }) => result.slice(0, at) + more + result.slice(at), text);
}

function besides(node: ts.Node, place: Place, copy: Copy): string | undefined {
  const { names } = copy;
  const renamed = () => copy.renamed(node.getText());
  if (ts.isPropertyAssignment(node)) {
    if (!names.has(node.name.getText()) || !isTable(node.parent, copy)) return undefined;
    // What the model changes is not what the new event changes.
    return place === 'aggregate' && isFold(node)
      ? `, ${copy.renamed(node.name.getText())}: (state) => state`
      : `, ${renamed()}`;
  }
  if (place === 'domain') return undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
    return isModule(node, copy) ? `\n${renamed()}` : undefined;
  if (ts.isImportSpecifier(node) || ts.isExportSpecifier(node))
    return names.has(node.name.text) && !isModule(statementOf(node), copy) ? `, ${renamed()}` : undefined;
  if (ts.isStatement(node)) return declares(node, copy) ? declarations(node, place, copy) : undefined;
  if (ts.isTypeReferenceNode(node)) return isMember(node, copy) ? ` | ${renamed()}` : undefined;
  if (ts.isPropertySignature(node)) return names.has(node.name.getText()) ? `\n${renamed()}` : undefined;
  if (ts.isIdentifier(node) && ts.isArrayLiteralExpression(node.parent))
    return place === 'published' && names.has(node.text) ? `, ${renamed()}` : undefined;
  return undefined;
}

function declares(node: ts.Statement | undefined, { names }: Copy): boolean {
  if (node === undefined) return false;
  if (ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node)) return names.has(node.name.text);
  return (
    ts.isVariableStatement(node) && node.declarationList.declarations.some(({ name }) => names.has(name.getText()))
  );
}

/** Declarations that follow each other, as a contract and the type of its data, are copied together behind the last. */
function declarations(node: ts.Statement, place: Place, copy: Copy): string | undefined {
  const source = node.getSourceFile();
  const { statements } = source;
  const last = statements.indexOf(node);
  if (declares(statements[last + 1], copy)) return undefined;
  let first = last;
  while (declares(statements[first - 1], copy)) first -= 1;
  const texts = statements.slice(first, last + 1).map((statement) => {
    const text = copy.renamed(contractText(statement, copy.meaning));
    return place === 'aggregate' && !ts.isVariableStatement(statement) ? `/** ${copy.meaning} */\n${text}` : text;
  });
  const gap = source.text.startsWith('\n\n', node.getEnd()) ? '\n\n' : '\n';
  return gap + texts.join('\n');
}

/** The text of a node, in which a contract's description is the meaning. */
export function contractText(node: ts.Node, meaning: string): string {
  let text = node.getText();
  everyNode(node, (inner) => {
    if (!ts.isCallExpression(inner) || inner.expression.getText() !== 'defineContract') return;
    const description = inner.arguments[3];
    if (description === undefined) return;
    const from = description.getStart() - node.getStart();
    text = text.slice(0, from) + JSON.stringify(meaning) + text.slice(from + description.getWidth());
  });
  return text;
}

function isMember(node: ts.TypeReferenceNode, { names, union }: Copy): boolean {
  if (!names.has(node.getText())) return false;
  const alias = ts.isUnionTypeNode(node.parent) ? node.parent.parent : node.parent;
  return ts.isTypeAliasDeclaration(alias) && alias.name.text === union;
}

function isTable(node: ts.Node, { events }: Copy): boolean {
  return (
    ts.isObjectLiteralExpression(node) &&
    node.properties.every((property) => property.name === undefined || events.has(property.name.getText()))
  );
}

function isFold({ initializer }: ts.PropertyAssignment): boolean {
  return ts.isArrowFunction(initializer) || ts.isIdentifier(initializer);
}

function isModule(node: ts.Node, { module }: Copy): boolean {
  return (
    (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
    node.moduleSpecifier !== undefined &&
    (node.moduleSpecifier as ts.StringLiteral).text === module
  );
}

function statementOf(node: ts.Node): ts.Node {
  return ts.isStatement(node) ? node : statementOf(node.parent);
}
