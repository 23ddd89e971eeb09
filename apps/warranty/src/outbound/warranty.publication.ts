import { publicationOf } from '@kontor/feed';
import { service } from '@kontor/warranty-contracts';
import { claimPublication } from './claim.publication.ts';
import { unitPublication } from './unit.publication.ts';
import { warrantyTermPublication } from './warranty-term.publication.ts';

export const warrantyPublication = publicationOf(service, unitPublication, warrantyTermPublication, claimPublication);
