import { describe, expect, it } from '@jest/globals';
import { defineCodec, type DomainEvent } from '@kontor/kernel';
import { UnknownEventType } from './errors.ts';
import type { EventMetadata } from './event-store.ts';
import { fixedKeyVault } from './keys/fixed-key-vault.ts';
import { EventSerializer } from './serializer.ts';
import { SubjectErased } from './vault.ts';

const metadata: EventMetadata = {
  occurredAt: '2026-03-01T10:00:00.000Z',
  actor: 'a-1',
  origin: 'person',
  commandId: 'c-1',
  requestHash: 'h',
  correlationId: 'r-1',
};
const ID = '3f0c1c1e-6f6e-4b9f-9a53-2a6b1c3c6d1a';

type ContactAdded = DomainEvent<'ContactAdded', { contactId: string; name: string | null; email: string | null }>;
type OrderPlaced = DomainEvent<'OrderPlaced', { amountMinor: number; currency: string; channel: string }>;
const contacts = defineCodec<ContactAdded>('accounts', {
  ContactAdded: { version: 1, personal: { subject: 'contactId', fields: ['name', 'email'] } },
});
const orders = defineCodec<OrderPlaced>('orders', {
  OrderPlaced: {
    version: 3,
    upcasts: {
      1: ({ amount, ...rest }) => ({ ...rest, amountMinor: Number(amount) * 100 }),
      2: (data) => ({ ...data, channel: 'unknown' }),
    },
  },
});

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe('EventSerializer', () => {
  it('stores the name with context and version, and the data as JSON', async () => {
    const serializer = new EventSerializer([orders], fixedKeyVault());
    const event: OrderPlaced = { type: 'OrderPlaced', data: { amountMinor: 100, currency: 'EUR', channel: 'fair' } };
    expect(await serializer.serialize(orders, [{ event, id: ID, metadata }])).toEqual([
      { id: ID, type: 'orders.OrderPlaced.v3', data: bytes(event.data), metadata },
    ]);
  });

  it('raises old versions step by step to the current shape', async () => {
    const serializer = new EventSerializer([orders], fixedKeyVault());
    expect(serializer.decode({ type: 'orders.OrderPlaced.v1', data: bytes({ amount: '7', currency: 'EUR' }) })).toEqual(
      {
        context: 'orders',
        type: 'OrderPlaced',
        data: { currency: 'EUR', amountMinor: 700, channel: 'unknown' },
      },
    );
    expect(await serializer.read({ type: 'orders.OrderPlaced.v2', data: bytes({ amountMinor: 5 }) })).toEqual({
      type: 'OrderPlaced',
      data: { amountMinor: 5, channel: 'unknown' },
    });
  });

  it('refuses names it does not know and versions newer than its own', () => {
    const serializer = new EventSerializer([orders], fixedKeyVault());
    for (const type of ['orders.OrderPlaced.v4', 'orders.OrderLost.v1', 'accounts.OrderPlaced.v1', 'OrderPlaced', '']) {
      expect(() => serializer.decode({ type, data: bytes({}) })).toThrow(UnknownEventType);
    }
  });

  it('refuses a codec with a step missing, and two codecs for one name', () => {
    const gap = defineCodec<OrderPlaced>('orders', { OrderPlaced: { version: 3, upcasts: { 1: (data) => data } } });
    expect(() => new EventSerializer([gap], fixedKeyVault())).toThrow('orders.OrderPlaced has no upcast from v2');
    expect(() => new EventSerializer([orders, orders], fixedKeyVault())).toThrow('orders.OrderPlaced has two codecs');
  });

  it('X-08: seals personal fields before they are stored, and names the subject in the metadata', async () => {
    const serializer = new EventSerializer([contacts], fixedKeyVault());
    const event: ContactAdded = { type: 'ContactAdded', data: { contactId: 'k-1', name: 'Ada Löwe', email: null } };
    const [stored] = await serializer.serialize(contacts, [{ event, id: ID, metadata }]);
    const text = Buffer.from(stored?.data ?? []).toString();
    expect(text).not.toContain('Ada');
    expect(JSON.parse(text)).toEqual({
      contactId: 'k-1',
      name: { sealed: expect.any(String), subject: 'k-1' },
      email: null,
    });
    expect(stored?.metadata).toEqual({ ...metadata, subjects: ['k-1'] });
    expect(stored && (await serializer.read(stored))).toEqual(event);
  });

  it('X-08: reads null once the key is destroyed, and seals nothing more for that subject', async () => {
    const vault = fixedKeyVault();
    const serializer = new EventSerializer([contacts], vault);
    const event: ContactAdded = { type: 'ContactAdded', data: { contactId: 'k-1', name: 'Ada', email: 'ada@x.org' } };
    const [stored] = await serializer.serialize(contacts, [{ event, id: ID, metadata }]);
    await vault.destroy('k-1');
    expect(stored && (await serializer.read(stored))).toEqual({
      type: 'ContactAdded',
      data: { contactId: 'k-1', name: null, email: null },
    });
    await expect(serializer.serialize(contacts, [{ event, id: ID, metadata }])).rejects.toThrow(SubjectErased);
  });

  it('opens sealed texts wherever they lie, lists included', async () => {
    const vault = fixedKeyVault();
    const serializer = new EventSerializer([], vault);
    const notice = {
      lines: [{ to: { sealed: vault.seal('k-1', 'Ada'), subject: 'k-1' }, amountMinor: 5 }],
      note: null,
    };
    expect(await serializer.unseal(notice)).toEqual({ lines: [{ to: 'Ada', amountMinor: 5 }], note: null });
  });

  it('does not open a seal that was moved to another subject', async () => {
    const vault = fixedKeyVault();
    const serializer = new EventSerializer([], vault);
    await expect(serializer.unseal({ sealed: vault.seal('k-1', 'Ada'), subject: 'k-2' })).rejects.toThrow();
  });
});
