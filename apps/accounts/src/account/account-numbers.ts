import { randomUUID } from 'node:crypto';
import {
  accountAggregate,
  foldedNumber,
  numberClaimAggregate,
  numberRangeAggregate,
  type NumberRangeEvent,
  numberText,
} from '@kontor/accounts-domain';
import { type CommandEnvelope, KONTOR_NAMESPACE, type Outcome, type ServiceRuntime, uuidV5 } from '@kontor/service';
import { NUMBER_BLOCK } from '../accounts.config.ts';

const ACCOUNT_RANGE_ID = uuidV5(KONTOR_NAMESPACE, 'number-range|accounts');

/** Account numbers: those of the range come from a block that this process has reserved, given ones are claimed. */
export class AccountNumbers {
  private next = 0;
  private end = 0;
  private filling: Promise<void> | undefined;

  constructor(private readonly runtime: ServiceRuntime) {}

  async fromRange(): Promise<string> {
    while (this.next === this.end) {
      this.filling ??= this.fill().finally(() => {
        this.filling = undefined;
      });
      await this.filling;
    }
    return numberText(this.next++);
  }

  /** Reserved under a key, the first number of a block is the same however often it is asked for. */
  async blockOf(key: string, count: number, envelope: CommandEnvelope): Promise<number> {
    const command = { type: 'ReserveNumbers', key, count } as const;
    const outcome = await this.runtime.runner.execute(numberRangeAggregate, ACCOUNT_RANGE_ID, command, envelope);
    if (outcome.kind === 'refused') throw new Error(`${key}: ${outcome.refusal.sentence}`);
    const { state } = await this.runtime.runner.load(numberRangeAggregate, ACCOUNT_RANGE_ID);
    const block = state.reservations[key];
    if (block === undefined) throw new Error(`${key}: the reserved block is not in the range`);
    return block.first;
  }

  /** Refused when another account has the number, or when it is one of the range. */
  async claim(number: string, accountId: string, envelope: CommandEnvelope): Promise<Outcome> {
    const { runner, clock } = this.runtime;
    const claimId = uuidV5(KONTOR_NAMESPACE, `account-number|${foldedNumber(number)}`);
    const { state: claimed } = await runner.load(numberClaimAggregate, claimId);
    const holderIsRegistered =
      claimed !== undefined && claimed.accountId !== accountId && (await this.isRegistered(claimed.accountId));
    return runner.execute(
      numberClaimAggregate,
      claimId,
      { type: 'ClaimNumber', number, accountId, holderIsRegistered, now: clock.now() },
      envelope,
    );
  }

  private async isRegistered(accountId: string): Promise<boolean> {
    return (await this.runtime.runner.load(accountAggregate, accountId)).revision >= 0n;
  }

  private async fill(): Promise<void> {
    const commandId = randomUUID();
    const outcome = await this.runtime.runner.execute(
      numberRangeAggregate,
      ACCOUNT_RANGE_ID,
      { type: 'ReserveNumbers', key: null, count: NUMBER_BLOCK },
      {
        commandId,
        requestHash: '',
        actor: 'accounts',
        origin: 'process',
        correlationId: commandId,
        occurredAt: this.runtime.clock.now(),
      },
    );
    if (outcome.kind === 'refused') throw new Error(outcome.refusal.sentence);
    const [reserved] = outcome.events as readonly NumberRangeEvent[];
    if (reserved === undefined) throw new Error('a fresh command reserved no numbers');
    this.next = reserved.data.first;
    this.end = reserved.data.first + reserved.data.count;
  }
}
