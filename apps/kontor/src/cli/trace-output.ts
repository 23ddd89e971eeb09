import { counted, print } from './output.ts';

export interface Trace {
  readonly id: string;
  readonly correlationId: string;
  readonly truncated: boolean;
  readonly nodes: readonly TraceNode[];
}

interface TraceNode {
  readonly eventId: string;
  readonly commandId: string;
  readonly service: string;
  readonly contract: string;
  readonly stream: string;
  readonly recordedAt: string;
  readonly actor: string;
  readonly depth: number;
}

/** The chain as a tree with times since its first event; what was asked for is marked. */
export function printTrace({ id, correlationId, nodes, truncated }: Trace): void {
  const [first] = nodes;
  if (first === undefined) return;
  const services = new Set(nodes.map(({ service }) => service));
  print(
    `chain ${correlationId}: ${counted(nodes.length, 'event')} in ${counted(services.size, 'service')} since ${first.recordedAt}`,
  );
  const begun = Date.parse(first.recordedAt);
  const names = nodes.map((node) => `${'  '.repeat(node.depth)}${shortName(node)}`);
  const width = Math.max(...names.map((name) => name.length));
  nodes.forEach((node, index) => {
    const mark = node.eventId === id || node.commandId === id ? '>' : ' ';
    const after = `+${((Date.parse(node.recordedAt) - begun) / 1_000).toFixed(3)} s`.padStart(10);
    print(`${mark} ${names[index]?.padEnd(width)} ${after}  ${node.stream}  by ${node.actor}  ${node.eventId}`);
  });
  if (truncated) print('There are more; only the first were read.');
}

/** `kontor.orders.order-placed.v1` is "orders order-placed". */
function shortName({ service, contract }: TraceNode): string {
  return `${service} ${contract.split('.').slice(2, -1).join('.')}`;
}
