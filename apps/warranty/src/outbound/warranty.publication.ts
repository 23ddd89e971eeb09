import type { Contracted, Publication } from '@kontor/feed';
import { service } from '@kontor/warranty-contracts';
import { claimPublication } from './claim.publication.ts';
import { unitPublication } from './unit.publication.ts';
import { warrantyTermPublication } from './warranty-term.publication.ts';

type Step = ((data: never) => Contracted) | null;

const steps = new Map<string, Step>(
  Object.entries<Step>({ ...unitPublication, ...warrantyTermPublication, ...claimPublication }),
);

export const warrantyPublication: Publication = {
  service,
  publish: ({ type, data }) => {
    const step = steps.get(type);
    if (step === undefined) throw new TypeError(`${type} is no event of this service`);
    // The codec gave the data the shape of their type; the tables above are typed by it.
    return step === null ? undefined : step(data as never);
  },
};
