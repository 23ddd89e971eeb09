/**
 * The name of a projection as everybody outside says it: `account-360`, as its read model is called. Names in the code are
 * kept with checkpoints and copies, so they stay as they were given; schemas of PostgreSQL have underscores.
 */
export function projectionName(name: string): string {
  return name.replaceAll('_', '-');
}
