import type { RouteTable } from './route-table.ts';

export interface Asked {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer | undefined;
}

/** Answered by all services together, each by its own way of putting the answers together. */
export type Gathered =
  'status' | 'consumers' | 'parked' | 'stuck' | 'rebuilds' | 'verification' | 'metrics' | 'openapi';

export type Destination =
  | { readonly to: 'service'; readonly service: string }
  | { readonly to: 'all'; readonly gathered: Gathered }
  | { readonly to: 'origin'; readonly answer: 'live' | 'ready' | 'docs' }
  /** Of nobody that was heard: it may be of one of these, which were not. */
  | { readonly to: 'unheard'; readonly services: readonly string[] };

/** Who has the answer where nobody is named: it has the events of people, and mints tokens. */
const HOME = 'accounts';
/** Who knows the events of all services by their ids. */
const TRACER = 'insights';

const GATHERED: { readonly [path: string]: Gathered } = {
  '/v1/platform/status': 'status',
  '/v1/platform/consumers': 'consumers',
  '/v1/platform/parked': 'parked',
  '/v1/platform/stuck': 'stuck',
  '/v1/platform/rebuilds': 'rebuilds',
  '/v1/platform/verification': 'verification',
  '/metrics': 'metrics',
  '/openapi.json': 'openapi',
};

/** Who answers a request. One that nobody answers goes to a service too, which says so to those who may know. */
export function destinationOf(asked: Asked, table: RouteTable): Destination {
  const { method, path } = asked;
  if (path === '/health/live') return { to: 'origin', answer: 'live' };
  if (path === '/health/ready') return { to: 'origin', answer: 'ready' };
  if (path === '/docs/swagger-ui-init.js') return { to: 'origin', answer: 'docs' };
  const gathered = Object.hasOwn(GATHERED, path) ? GATHERED[path] : undefined;
  if (gathered === 'openapi' && table.known.length === 0) return unheard(table);
  if (gathered !== undefined && isRead(method) && !(gathered === 'verification' && asked.query.has('service')))
    return { to: 'all', gathered };
  const service = serviceOf(asked, table);
  if (service !== undefined) return { to: 'service', service };
  return table.unknown.length > 0 ? unheard(table) : { to: 'service', service: HOME };
}

function unheard({ unknown }: RouteTable): Destination {
  return { to: 'unheard', services: unknown };
}

/** Undefined: it names nobody, or a route, a projection or a process that nobody who was heard has. */
function serviceOf(asked: Asked, table: RouteTable): string | undefined {
  const [, first, second, third, fourth] = asked.path.split('/');
  if (first !== 'v1') return HOME;
  if (second === 'history' || second === 'streams') return named(third, table);
  if (second === 'events') return TRACER;
  if (second === 'platform') return ofPlatform(asked, third, fourth, table);
  return table.serviceOf(asked.path);
}

function ofPlatform(asked: Asked, third: string | undefined, fourth: string | undefined, table: RouteTable) {
  const owner = (name: string | undefined) => (name === undefined ? HOME : table.ownerOf(name));
  if (third === 'trace' || third === 'verifications') return TRACER;
  if (third === 'topics') return named(fourth, table);
  if (third === 'verification') return named(asked.query.get('service') ?? undefined, table);
  if (third === 'rebuilds' && fourth === undefined) return owner(projectionIn(asked.body));
  if (third === 'rebuilds' || third === 'projections' || third === 'parked') return owner(fourth);
  return HOME;
}

function named(service: string | undefined, table: RouteTable): string {
  return service !== undefined && table.services.includes(service) ? service : HOME;
}

/** A body that names none goes to a service too, which says what is wrong with it. */
function projectionIn(body: Buffer | undefined): string | undefined {
  try {
    const { projection } = JSON.parse(body?.toString('utf8') ?? '') as { projection?: unknown };
    return typeof projection === 'string' ? projection : undefined;
  } catch {
    return undefined;
  }
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}
