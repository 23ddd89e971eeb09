// One name in the three ways it is written: OrderShipped, orderShipped, order-shipped.

export const kebab = (name: string) => name.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase();

export const pascal = (name: string) => name.replace(/(?:^|-)(\w)/g, (_dash, letter: string) => letter.toUpperCase());

export const camel = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

/** `Order shipped.`: what is said of an event until somebody says more. */
export const sentence = (name: string) => {
  const words = kebab(name).replaceAll('-', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
};

/** Why a text is no name of an event; undefined: it is one. */
export function faultOfEventName(name: string): string | undefined {
  if (!/^(?:[A-Z][a-z]+){2,}$/.test(name))
    return `"${name}" is no name of an event: noun and past participle, like OrderShipped.`;
  if (name.endsWith('Event')) return `"${name}": that it is an event need not be in its name.`;
  if (/(?:Updated|Modified)$/.test(name)) return `"${name}" does not say what happened, only that something did.`;
  return undefined;
}

export type Renaming = (text: string) => string;

/** Replaces whole names, never a part of a longer one. */
export function renaming(names: ReadonlyMap<string, string>): Renaming {
  const pattern = new RegExp(`(?<![\\w-])(?:${[...names.keys()].join('|')})(?![\\w-])`, 'g');
  return (text) => text.replace(pattern, (name) => names.get(name) ?? name);
}
