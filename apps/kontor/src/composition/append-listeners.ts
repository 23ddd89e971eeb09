/** Told of the append of a service: how many milliseconds it took. */
export type AppendListener = (service: string, ms: number) => void;

/** Who wants to know how long appends take in this process: the brake of rebuilds, the metrics. */
export class AppendListeners {
  private readonly listeners: AppendListener[] = [];

  add(listener: AppendListener): void {
    this.listeners.push(listener);
  }

  tell(service: string, ms: number): void {
    for (const listener of this.listeners) listener(service, ms);
  }
}
