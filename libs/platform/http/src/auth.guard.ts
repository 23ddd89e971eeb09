import {
  type AccessControl,
  type Action,
  DEFAULT_GRANTS,
  type Grants,
  InvalidToken,
  reachOf,
  type RouteRule,
  RULE,
  type TokenVerifier,
} from '@kontor/auth';
import type { Clock } from '@kontor/service';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { AuthenticatedRequest } from './envelope.ts';
import { Problem } from './problem.ts';

/** RFC 9110, 11.1 and RFC 6750: the name of the scheme is taken in any case, one space or several follow. */
const BEARER = /^bearer +(\S.*)$/i;
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Verifies the token and the route's rule. A route without a rule is closed. */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly reflector = new Reflector();

  constructor(
    private readonly verifier: TokenVerifier,
    private readonly clock: Clock,
    private readonly grants: Grants = DEFAULT_GRANTS,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<RouteRule | undefined>(RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    request.clock = this.clock;
    if (rule !== undefined && 'open' in rule) return true;
    request.principal = await this.principalOf(request);
    if (rule === undefined) throw new Problem(403, 'RouteWithoutRule', 'Nobody has been granted this route.');
    if (reachOf(this.grants, request.principal, rule.action) === undefined)
      throw new Problem(403, 'NotGranted', `Your roles do not grant ${rule.action}.`, {
        facts: { action: rule.action, roles: [...request.principal.roles] },
      });
    return true;
  }

  private async principalOf(request: AuthenticatedRequest) {
    const header = request.headers.authorization;
    const sent = header === undefined ? undefined : BEARER.exec(header)?.[1];
    const challenge = { headers: { 'www-authenticate': 'Bearer' } };
    if (sent === undefined) throw new Problem(401, 'TokenMissing', 'Send a token: Authorization: Bearer …', challenge);
    if (!TOKEN.test(sent))
      throw new Problem(401, 'TokenInvalid', 'What was sent has not the form of a token: it is broken.', challenge);
    try {
      return await this.verifier.verify(sent);
    } catch (error) {
      if (error instanceof InvalidToken) throw new Problem(401, 'TokenInvalid', error.message, challenge);
      throw error;
    }
  }
}

/** Refuses what the scope does not allow: 404 to a reader of a foreign account, 403 to a writer who may see it. */
export async function requireAccount(
  access: AccessControl,
  envelope: { readonly principal: AuthenticatedRequest['principal'] },
  action: Action,
  readAction: Action,
  accountId: string,
): Promise<void> {
  const answer = await access.account(envelope.principal, action, readAction, accountId);
  if (answer === 'unseen')
    throw new Problem(404, 'NotFound', `There is no account ${accountId}.`, { facts: { accountId } });
  if (answer === 'forbidden')
    throw new Problem(403, 'NotYours', 'You may see this account, but not act on it.', {
      facts: { accountId, action },
    });
}
