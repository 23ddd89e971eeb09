/** What a process says of itself in its OpenAPI document. */
export interface ServiceDocument {
  readonly info?: { readonly description?: string };
  readonly paths: { readonly [path: string]: object };
  readonly components?: { readonly schemas?: { readonly [name: string]: object } };
  readonly tags?: readonly object[];
  readonly 'x-kontor'?: { readonly subscriptions?: readonly string[] };
}

interface Route {
  readonly service: string;
  readonly pattern: RegExp;
  /** Segments that are words: of two routes that fit, the one with more of them is meant. */
  readonly words: number;
}

/** Answered by every process: who is meant is seen from the request itself. */
const OF_THE_PLATFORM = /^\/(v1\/(platform|streams|events|history)|health|metrics)(\/|$)/;

/** Which service answers what, learned from the services themselves. What was learned once is known while they are away. */
export class RouteTable {
  private readonly documents = new Map<string, ServiceDocument>();
  private routes: readonly Route[] = [];
  private subscriptions: ReadonlyMap<string, string> = new Map();

  constructor(readonly services: readonly string[]) {}

  get unknown(): readonly string[] {
    return this.services.filter((service) => !this.documents.has(service));
  }

  /** The documents of all services that were heard, in the order in which the services are named. */
  get known(): readonly ServiceDocument[] {
    return this.services.flatMap((service) => this.documents.get(service) ?? []);
  }

  learn(service: string, document: ServiceDocument): void {
    this.documents.set(service, document);
    this.routes = Array.from(this.documents, ([name, { paths }]) =>
      Object.keys(paths)
        .filter((path) => !OF_THE_PLATFORM.test(path))
        .map((path) => routeOf(name, path)),
    ).flat();
    this.subscriptions = new Map(
      Array.from(this.documents, ([name, known]) =>
        (known['x-kontor']?.subscriptions ?? []).map((subscription): [string, string] => [spelled(subscription), name]),
      ).flat(),
    );
  }

  /** The service whose route this is; undefined: nobody's. */
  serviceOf(path: string): string | undefined {
    let best: Route | undefined;
    for (const route of this.routes)
      if (route.pattern.test(path) && (best === undefined || route.words > best.words)) best = route;
    return best?.service;
  }

  /** The service that runs a projection or a process. Read models are named with hyphens, their schemas with underscores. */
  ownerOf(subscription: string): string | undefined {
    return this.subscriptions.get(spelled(subscription));
  }
}

function routeOf(service: string, path: string): Route {
  const segments = path.split('/');
  const isParameter = (segment: string) => segment.startsWith('{');
  const pattern = segments.map((segment) => (isParameter(segment) ? '[^/]+' : escaped(segment))).join('/');
  return {
    service,
    pattern: new RegExp(`^${pattern}$`),
    words: segments.filter((segment) => !isParameter(segment)).length,
  };
}

function escaped(segment: string): string {
  return segment.replaceAll(/[^A-Za-z0-9_-]/g, '\\$&');
}

function spelled(name: string): string {
  return name.replaceAll('-', '_');
}
