/**
 * Credentials in the call switch the client from its batch stream to a call of its own, with a deadline that it keeps. The batch
 * stream has none, and an error on it rejects the appends of every client in the process. Without TLS they are not sent.
 */
export const UNARY = { credentials: { username: 'kontor', password: '' } } as const;
