import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { kebab, pascal } from './names.ts';
import { everyNode, type Source, sourcesIn, Unfit } from './sources.ts';

/** An aggregate as its codec declares it. */
export interface AggregateEvents {
  /** Folder name: `order`. */
  readonly name: string;
  readonly folder: string;
  /** The union of its events: `OrderEvent`. */
  readonly union: string;
  readonly versions: ReadonlyMap<string, number>;
}

export interface ServiceEvents {
  readonly service: string;
  readonly aggregates: readonly AggregateEvents[];
  readonly domain: readonly Source[];
  readonly contracts: readonly Source[];
  readonly outbound: readonly Source[];
  /** The constant of the contract that each event is published by; an event that stays inside is not in it. */
  readonly publishedBy: ReadonlyMap<string, string>;
}

/** What events a service has, read from its code alone. */
export function eventsOf(root: string, service: string): ServiceEvents {
  const places = {
    domain: `libs/${service}/domain/src`,
    contracts: `libs/${service}/contracts/src`,
    outbound: `apps/${service}/src/outbound`,
  };
  if (!/^[a-z]+$/.test(service) || !Object.values(places).every((place) => existsSync(join(root, place))))
    throw new Unfit(`"${service}" is no service that stores events and publishes them.`);
  const domain = sourcesIn(root, places.domain);
  const outbound = sourcesIn(root, places.outbound);
  return {
    service,
    aggregates: domain.flatMap((source) => codecsIn(source)),
    domain,
    contracts: sourcesIn(root, places.contracts),
    outbound,
    publishedBy: new Map(outbound.flatMap((source) => publicationsIn(source, `@kontor/${service}-contracts`))),
  };
}

function codecsIn({ path, tree }: Source): AggregateEvents[] {
  const found: AggregateEvents[] = [];
  everyNode(tree, (node) => {
    if (!ts.isCallExpression(node) || node.expression.getText() !== 'defineCodec') return;
    const [union] = node.typeArguments ?? [];
    const [, events] = node.arguments;
    if (union === undefined || events === undefined || !ts.isObjectLiteralExpression(events)) return;
    const folder = path.slice(0, path.lastIndexOf('/'));
    const versions = events.properties.filter(ts.isPropertyAssignment).map(({ name, initializer }) => {
      const version = /version: (\d+)/.exec(initializer.getText())?.[1];
      return [name.getText(), Number(version)] as const;
    });
    const name = folder.slice(folder.lastIndexOf('/') + 1);
    found.push({ name, folder, union: union.getText(), versions: new Map(versions) });
  });
  return found;
}

/** `OrderConfirmed: (data) => contracted(orderConfirmed, data)` → OrderConfirmed, orderConfirmed. */
function publicationsIn({ tree }: Source, contractsPackage: string): (readonly [string, string])[] {
  const imported = new Set<string>();
  const found: (readonly [string, string])[] = [];
  everyNode(tree, (node) => {
    if (ts.isImportSpecifier(node) && importedFrom(node) === contractsPackage) imported.add(node.name.text);
    if (!ts.isPropertyAssignment(node) || !/^[A-Z]/.test(node.name.getText())) return;
    everyNode(node.initializer, (inner) => {
      if (ts.isIdentifier(inner) && imported.has(inner.text)) found.push([node.name.getText(), inner.text]);
    });
  });
  return found;
}

function importedFrom(specifier: ts.ImportSpecifier): string {
  return (specifier.parent.parent.parent.moduleSpecifier as ts.StringLiteral).text;
}

/** The aggregate that was named, or the one whose name the event's begins with. */
export function aggregateOf(service: ServiceEvents, event: string, named: string | undefined): AggregateEvents {
  const known = service.aggregates.map(({ name }) => name).join(', ');
  if (named !== undefined) {
    const aggregate = service.aggregates.find(({ name }) => name === named);
    if (aggregate === undefined) throw new Unfit(`${service.service} has no aggregate "${named}", but ${known}.`);
    return aggregate;
  }
  const [longest] = service.aggregates
    .filter(({ name }) => event.startsWith(pascal(name)))
    .sort((a, b) => b.name.length - a.name.length);
  if (longest === undefined) throw new Unfit(`Whose event is ${event}? Say --aggregate, one of ${known}.`);
  return longest;
}

/** The event that was named, or the plainest that is published under its own name: the one with the fewest fields. */
export function modelOf(
  root: string,
  { publishedBy }: ServiceEvents,
  aggregate: AggregateEvents,
  named: string | undefined,
): string {
  const fit = [...aggregate.versions]
    .filter(([event, version]) => version === 1 && publishedBy.has(event) && event !== aggregate.union)
    .map(([event]) => event);
  if (named !== undefined) {
    if (fit.includes(named)) return named;
    throw new Unfit(`${named} is no published event of ${aggregate.name} in its first version; ${fit.join(', ')} are.`);
  }
  const [plainest] = fit
    .map((event) => ({
      event,
      fields: readFileSync(join(root, goldenFile(aggregate, event)), 'utf8').split('\n').length,
    }))
    .sort((a, b) => a.fields - b.fields);
  if (plainest === undefined) throw new Unfit(`${aggregate.name} publishes no event that another could be made like.`);
  return plainest.event;
}

export const goldenFile = ({ folder }: AggregateEvents, event: string) => `${folder}/golden/${kebab(event)}.v1.json`;
