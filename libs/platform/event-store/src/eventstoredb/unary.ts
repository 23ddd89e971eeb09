const USER = /^[^:]+:\/\/([^:@/]+):([^@/]*)@/;

/**
 * Credentials in the call switch the client from its batch stream to a call of its own, with a deadline that it keeps. The batch
 * stream has none, and an error on it rejects the appends of every client in the process. They are those of the address;
 * without TLS none are sent, so that any will do.
 */
export function unary(url: string): { readonly credentials: { readonly username: string; readonly password: string } } {
  const [, username = 'kontor', password = ''] = USER.exec(url) ?? [];
  return { credentials: { username: decodeURIComponent(username), password: decodeURIComponent(password) } };
}
