export * from './access-control.ts';
export * from './access.projection.ts';
export * from './grants.ts';
export * from './roles.ts';
export * from './rule.ts';
export * from './scope.ts';
export * from './tokens.ts';
export { type ClientCredentials, ClientToken, type OidcOptions, OidcVerifier } from './oidc.ts';
