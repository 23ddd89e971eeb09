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
    const match = header === undefined ? null : /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(header);
    const challenge = { headers: { 'www-authenticate': 'Bearer' } };
    if (match === null) throw new Problem(401, 'TokenMissing', 'Send a token: Authorization: Bearer …', challenge);
    try {
      return await this.verifier.verify(match[1] as string);
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
