import { SetMetadata } from '@nestjs/common';
import type { Action } from './roles.ts';

export const RULE = 'kontor:rule';
export type RouteRule = { readonly action: Action } | { readonly open: true };

/** What the caller must be granted. Every route has one; a test counts them. */
export const Rule = (action: Action) => SetMetadata(RULE, { action } satisfies RouteRule);

/** Routes that need no token: health, the API description and its page. */
export const OpenToAll = () => SetMetadata(RULE, { open: true } satisfies RouteRule);
