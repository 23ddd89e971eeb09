/** A process that did not answer is asked last for this long. */
const SHUNNED_MS = 2_000;
const ANSWER_WITHIN_MS = 30_000;

interface Upstream {
  readonly url: string;
  shunnedUntil: number;
}

/** The processes behind the origin, by service: each request goes to the next one that answers. */
export class Upstreams {
  private readonly byService: ReadonlyMap<string, readonly Upstream[]>;
  private readonly turns = new Map<string, number>();

  constructor(
    addresses: ReadonlyMap<string, readonly string[]>,
    /** Who has not answered a question to all by then is left out of the answer. */
    readonly answerWithinMs = ANSWER_WITHIN_MS,
  ) {
    this.byService = new Map(
      Array.from(addresses, ([service, urls]) => [service, urls.map((url) => ({ url, shunnedUntil: 0 }))]),
    );
  }

  get services(): readonly string[] {
    return [...this.byService.keys()];
  }

  /** All processes of a service, as they were named. */
  all(service: string): readonly string[] {
    return this.of(service).map(({ url }) => url);
  }

  /** In the order in which they should be tried: in turn, those that did not answer a moment ago last. */
  inTurn(service: string): readonly string[] {
    const processes = this.of(service);
    const turn = this.turns.get(service) ?? 0;
    this.turns.set(service, turn + 1);
    const at = turn % Math.max(1, processes.length);
    const now = performance.now();
    const turned = [...processes.slice(at), ...processes.slice(0, at)];
    return [
      ...turned.filter(({ shunnedUntil }) => shunnedUntil <= now),
      ...turned.filter(({ shunnedUntil }) => shunnedUntil > now),
    ].map(({ url }) => url);
  }

  /** Nobody answered there. */
  shun(url: string): void {
    for (const processes of this.byService.values())
      for (const upstream of processes)
        if (upstream.url === url) upstream.shunnedUntil = performance.now() + SHUNNED_MS;
  }

  private of(service: string): readonly Upstream[] {
    return this.byService.get(service) ?? [];
  }
}
