import { SingleBar } from 'cli-progress';

/** How far an import is: rows, rate and time left on a terminal, nothing elsewhere. Measured in bytes, because rows are not counted before. */
export class ImportProgress {
  private readonly bar: SingleBar | undefined;
  private rows = 0;
  private bytes = 0;
  private readonly startedAt = performance.now();

  constructor(totalBytes: number, shown: boolean) {
    if (!shown) return;
    this.bar = new SingleBar({
      format: '{file} [{bar}] {percentage} % · {rows} rows · {rate} rows/s · {eta_formatted} left',
      stream: process.stderr,
      clearOnComplete: true,
    });
    this.bar.start(totalBytes, 0, { file: '', rows: 0, rate: 0 });
  }

  add(file: string, rows: number, bytes: number): void {
    this.rows += rows;
    this.bytes += bytes;
    this.bar?.update(this.bytes, { file, rows: this.rows, rate: Math.round((1000 * this.rows) / this.elapsedMs()) });
  }

  elapsedMs(): number {
    return Math.max(1, performance.now() - this.startedAt);
  }

  stop(): void {
    this.bar?.stop();
  }
}
