import type { ServiceDocument } from './route-table.ts';

/** What processes of one service say of one subscription: the one that runs it knows most. */
const BY_KNOWLEDGE = ['running', 'reading', 'failed', 'retrying', 'standing-by', 'stopped', 'away'];

interface Line {
  readonly state: string;
}

export interface StatusPart {
  readonly version: string;
  readonly services: readonly ServiceStatus[];
}
interface ServiceStatus {
  readonly name: string;
  readonly head: string;
  readonly subscriptions: readonly (Line & SubscriptionKey)[];
}
interface SubscriptionKey {
  readonly service: string;
  readonly kind: string;
  readonly name: string;
  readonly reads: string;
}

export interface ConsumersPart {
  readonly items: readonly (Line & {
    readonly consumer: string;
    readonly kind: string;
    readonly owner: string;
    readonly reads: string;
  })[];
}

/** One status of all. `away` names the services of which no process answered. */
export function mergedStatus(parts: readonly StatusPart[], services: readonly string[]) {
  const [first] = parts;
  const found = parts.flatMap((part) => part.services);
  const merged = services.flatMap((name) => {
    const same = found.filter((service) => service.name === name);
    // Asked a moment apart: the later head is the truer one.
    const latest = same.reduce<ServiceStatus | undefined>(
      (best, one) => (best === undefined || BigInt(one.head) > BigInt(best.head) ? one : best),
      undefined,
    );
    if (latest === undefined) return [];
    const subscriptions = mergedLines(
      same.map((service) => service.subscriptions),
      ({ service, kind, name: of, reads }) => [service, kind, of, reads].join(' '),
    );
    return [{ ...latest, subscriptions }];
  });
  const away = services.filter((name) => !merged.some((service) => service.name === name));
  return { ...first, services: merged, ...(away.length === 0 ? {} : { away }) };
}

/** `away` names the services of which no process answered: what they read, and who reads them, is not in it. */
export function mergedConsumers(parts: readonly ConsumersPart[], away: readonly string[] = []) {
  return {
    ...(away.length === 0 ? {} : { away }),
    items: mergedLines(
      parts.map(({ items }) => items),
      ({ consumer, kind, owner, reads }) => [consumer, kind, owner, reads].join(' '),
    ),
  };
}

function mergedLines<One extends Line>(parts: readonly (readonly One[])[], keyOf: (line: One) => string): One[] {
  const best = new Map<string, One>();
  for (const line of parts.flat()) {
    const known = best.get(keyOf(line));
    if (known === undefined || knowledge(line) < knowledge(known)) best.set(keyOf(line), line);
  }
  return [...best.values()];
}

function knowledge({ state }: Line): number {
  const at = BY_KNOWLEDGE.indexOf(state);
  return at === -1 ? 0 : at;
}

/**
 * One description of all services: every path once. What services answer that nobody has heard yet is not in it, and it says
 * so, to people and to programs.
 */
export function mergedDocument(documents: readonly ServiceDocument[], unheard: readonly string[] = []): object {
  const [first] = documents;
  const paths = Object.assign({}, ...documents.toReversed().map((document) => document.paths)) as Record<
    string,
    object
  >;
  const schemas = Object.assign({}, ...documents.map((document) => document.components?.schemas ?? {})) as object;
  const { 'x-kontor': _own, ...common } = first ?? { paths: {} };
  const missing = unheard.length === 0 ? {} : { info: incomplete(first?.info, unheard), 'x-kontor-missing': unheard };
  return {
    ...common,
    ...missing,
    paths: Object.fromEntries(Object.entries(paths).sort(([left], [right]) => (left < right ? -1 : 1))),
    components: { ...first?.components, schemas },
  };
}

function incomplete(info: ServiceDocument['info'], unheard: readonly string[]): object {
  const missing = `Not complete: ${unheard.join(', ')} did not answer since this origin was started.`;
  return { ...info, description: [missing, info?.description].filter(Boolean).join(' ') };
}

export interface ExpositionPart {
  readonly process: string;
  readonly text: string;
}

/** Metrics of several processes in Prometheus' text format: each family once, each sample with the process that it is of. */
export function mergedMetrics(parts: readonly ExpositionPart[]): string {
  const families = new Map<string, { readonly head: Map<string, string>; readonly samples: string[] }>();
  for (const { process, text } of parts) {
    let family: { readonly head: Map<string, string>; readonly samples: string[] } | undefined;
    for (const line of text.split('\n')) {
      const about = /^# (HELP|TYPE) (\S+)/.exec(line);
      if (about !== null) {
        const [, kind = '', name = ''] = about;
        family = families.get(name) ?? { head: new Map(), samples: [] };
        families.set(name, family);
        family.head.set(kind, line);
      } else if (line !== '' && !line.startsWith('#')) family?.samples.push(labelled(line, process));
    }
  }
  return Array.from(families.values(), ({ head, samples }) =>
    [...['HELP', 'TYPE'].flatMap((kind) => head.get(kind) ?? []), ...samples, ''].join('\n'),
  ).join('\n');
}

function labelled(sample: string, process: string): string {
  const label = `process="${process}"`;
  return sample.replace(/^([^\s{]+)(?:\{(.*)\})? /, (_whole, name: string, labels: string | undefined) =>
    labels === undefined || labels === '' ? `${name}{${label}} ` : `${name}{${label},${labels}} `,
  );
}
