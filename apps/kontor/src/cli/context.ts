import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { ApiClient, findTarget } from './api-client.ts';
import { CliFault } from './cli-fault.ts';
import { waiting } from './waiting.ts';

/** What every command gets from the global options. */
export class CliContext {
  private client: ApiClient | undefined;

  constructor(private readonly program: Command) {}

  api(): ApiClient {
    this.client ??= new ApiClient(findTarget(this.options().data));
    return this.client;
  }

  dataFolder(): string {
    return this.options().data;
  }

  json(): boolean {
    return this.options().json === true;
  }

  /** For one answer that may take long: at a terminal a person sees that it is being worked on, and for how long. */
  waiting<Answer>(what: string, asked: Promise<Answer>): Promise<Answer> {
    return this.json() || !process.stderr.isTTY ? asked : waiting(what, asked, process.stderr);
  }

  /** Asks a person before what cannot be undone; without a terminal only `--yes` is a yes. */
  async confirm(question: string, yes: boolean | undefined): Promise<void> {
    if (yes === true) return;
    if (!process.stdin.isTTY) throw new CliFault(`${question} Say --yes: there is no terminal to ask at.`);
    const prompt = createInterface({ input: process.stdin, output: process.stderr });
    try {
      const answer = await prompt.question(`${question} [y/N] `);
      if (!/^y(es)?$/i.test(answer.trim())) throw new CliFault('Nothing was done.');
    } finally {
      prompt.close();
    }
  }

  private options(): { data: string; json?: boolean } {
    return this.program.opts();
  }
}
