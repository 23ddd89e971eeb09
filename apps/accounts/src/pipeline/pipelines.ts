import { pipelineAggregate, pipelineKey, type PipelineVersion, SHIPPED_PIPELINES } from '@kontor/accounts-domain';
import { KONTOR_NAMESPACE, type ServiceRuntime, uuidV5 } from '@kontor/service';

/** Pipelines by id. A version that was read once is kept: it never changes. */
export class Pipelines {
  private readonly versions = new Map<string, PipelineVersion>();

  constructor(private readonly runtime: ServiceRuntime) {}

  static idOf(name: string): string {
    return uuidV5(KONTOR_NAMESPACE, pipelineKey(name));
  }

  async latest(pipelineId: string): Promise<PipelineVersion | undefined> {
    const { state } = await this.runtime.runner.load(pipelineAggregate, pipelineId);
    return state.at(-1);
  }

  /** The version to which a deal is pinned; that it is missing is a fault, since the deal was opened in it. */
  async version(pipelineId: string, version: number): Promise<PipelineVersion> {
    const key = `${pipelineId} ${version}`;
    const known = this.versions.get(key);
    if (known !== undefined) return known;
    const { state } = await this.runtime.runner.load(pipelineAggregate, pipelineId);
    const found = state[version - 1];
    if (found === undefined) throw new Error(`there is no version ${version} of pipeline ${pipelineId}`);
    this.versions.set(key, found);
    return found;
  }
}

/** Defines the pipelines that Kontor ships, once: a firm's own later versions stay. Idempotent by its command ids. */
export async function defineShippedPipelines(runtime: ServiceRuntime): Promise<void> {
  for (const { name, stages } of SHIPPED_PIPELINES) {
    const pipelineId = Pipelines.idOf(name);
    const commandId = uuidV5(pipelineId, 'shipped');
    const outcome = await runtime.runner.execute(
      pipelineAggregate,
      pipelineId,
      { type: 'DefinePipeline', pipelineId, name, stages },
      {
        commandId,
        requestHash: '',
        actor: 'accounts',
        origin: 'process',
        correlationId: commandId,
        occurredAt: runtime.clock.now(),
      },
    );
    if (outcome.kind === 'refused') throw new Error(`${name}: ${outcome.refusal.sentence}`);
  }
}
