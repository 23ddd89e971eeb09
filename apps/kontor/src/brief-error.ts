/** A database error drags its whole connection along: the log keeps what a person reads. */
export function briefError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const { code } = error as { code?: unknown };
  return { name, message, code, stack, ...(cause === undefined ? {} : { cause: briefError(cause) }) };
}
