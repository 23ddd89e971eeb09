// A new event, made like one that the aggregate has: everywhere the model stands, a copy under the new name stands beside
// it. There are no templates that could fall behind the code.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';
import { type Copy, contractText, withCopies } from './beside.ts';
import { camel, faultOfEventName, kebab, pascal, renaming, sentence } from './names.ts';
import { aggregateOf, eventsOf, goldenFile, modelOf, type ServiceEvents } from './service-events.ts';
import { type Change, type Source, Unfit } from './sources.ts';

export interface EventRequest {
  readonly service: string;
  readonly event: string;
  readonly aggregate?: string | undefined;
  /** The event that it is made like. */
  readonly like?: string | undefined;
  /** One sentence: what happened. */
  readonly meaning?: string | undefined;
}

export interface NewEvent {
  readonly aggregate: string;
  readonly like: string;
  readonly changes: readonly Change[];
}

/** What a new event would change; writes nothing. Throws Unfit where the request cannot be met. */
export async function newEvent(root: string, request: EventRequest): Promise<NewEvent> {
  const { event, meaning = sentence(request.event) } = request;
  const fault = faultOfEventName(event) ?? faultOfMeaning(meaning);
  if (fault !== undefined) throw new Unfit(fault);
  const service = eventsOf(root, request.service);
  const aggregate = aggregateOf(service, event, request.aggregate);
  const like = modelOf(root, service, aggregate, request.like);
  const contract = service.publishedBy.get(like) ?? '';
  // A contract need not be called like its event: delivery-unbilled tells of DeliveryEntered.
  const suffix = /V1$/.exec(contract)?.[0] ?? '';
  const contractName = contract.slice(0, contract.length - suffix.length);
  const names = new Map([
    [like, event],
    [camel(like), camel(event)],
    [contract, camel(event) + suffix],
    [`${pascal(contractName)}V1`, `${event}V1`],
    [kebab(like), kebab(event)],
    [kebab(contractName), kebab(event)],
  ]);
  requireUnused(service, new Set(names.values()));

  const copy: Copy = {
    names: new Set(names.keys()),
    renamed: renaming(names),
    union: aggregate.union,
    events: new Set(service.aggregates.flatMap(({ versions }) => [...versions.keys()])),
    meaning,
    module: undefined,
  };
  const whole = service.contracts.find((source) => isModuleOf(source, contract));
  const golden = readFileSync(join(root, goldenFile(aggregate, like)), 'utf8');
  const edited = [
    ...service.domain.map((source) => ({
      source,
      after: withCopies(source, source.path.startsWith(`${aggregate.folder}/`) ? 'aggregate' : 'domain', copy),
    })),
    ...service.contracts
      .filter((source) => source !== whole)
      .map((source) => ({ source, after: withCopies(source, 'published', { ...copy, module: moduleOf(whole) }) })),
    ...service.outbound.map((source) => ({ source, after: withCopies(source, 'published', copy) })),
  ];
  const made = [
    { path: goldenFile(aggregate, event), after: copy.renamed(golden) },
    ...(whole === undefined
      ? []
      : [{ path: copy.renamed(whole.path), after: copy.renamed(contractText(whole.tree, meaning)) }]),
  ];
  for (const { path } of made) if (existsSync(join(root, path))) throw new Unfit(`${path} is there already.`);
  return {
    aggregate: aggregate.name,
    like,
    changes: await Promise.all([
      ...edited
        .filter(({ source, after }) => source.text !== after)
        .map(({ source, after }) => formatted(root, { path: source.path, before: source.text, after })),
      ...made.map((file) => formatted(root, { ...file, before: null })),
    ]),
  };
}

/** The meaning stands in a comment and in a contract. */
function faultOfMeaning(meaning: string): string | undefined {
  return meaning.trim() === '' || /[\n\r]|\*\//.test(meaning) ? 'A meaning is one sentence on one line.' : undefined;
}

/** No name of the new event may mean something already, in whatever way it is written. */
function requireUnused({ domain, contracts, outbound }: ServiceEvents, names: ReadonlySet<string>): void {
  const used = new RegExp(`(?<![\\w-])(?:${[...names].join('|')})(?![\\w-])`);
  for (const { path, text } of [...domain, ...contracts, ...outbound]) {
    const found = used.exec(text)?.[0];
    if (found !== undefined) throw new Unfit(`The name ${found} is taken: ${path}.`);
  }
}

/** Whether a source declares this contract and no other. */
function isModuleOf({ tree, path }: Source, contract: string): boolean {
  const exported = tree.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ modifiers, declarationList }) =>
      modifiers === undefined ? [] : declarationList.declarations.map(({ name }) => name.getText()),
    );
  return !path.endsWith('/index.ts') && exported.length === 1 && exported[0] === contract;
}

const moduleOf = (source: Source | undefined) => source && `.${source.path.slice(source.path.lastIndexOf('/'))}`;

async function formatted(root: string, change: Change): Promise<Change> {
  const options = await resolveConfig(join(root, change.path));
  return { ...change, after: await format(change.after, { ...options, filepath: change.path }) };
}
