import { isEventStoreAddress } from './eventstore-address.ts';

const LAST_PORT = 65_535;

/** What is wrong with a value, as the end of "NAME is …": the name and the value are said by whoever reads it. */
export class Mistake extends Error {
  constructor(rule: string) {
    super(rule);
    this.name = 'Mistake';
  }
}

/** One variable of the environment: the declaration that is read, checked and documented. */
export interface Setting<Value> {
  readonly name: string;
  readonly meaning: string;
  /** What it may be, for the documentation. */
  readonly shape: string;
  /** Default as it would be written; null: none. */
  readonly shown: string | null;
  readonly fallback: Value;
  /** Throws Mistake. */
  readonly parse: (text: string) => Value;
  /** Never printed, neither in a screen nor in a sentence about a mistake. */
  readonly secret: boolean;
}

interface Declared {
  readonly meaning: string;
  readonly secret?: true;
}

interface WithDefault<Value> extends Declared {
  readonly otherwise: Value;
}

export function text<const Otherwise extends string | undefined>(
  name: string,
  { meaning, otherwise, secret }: WithDefault<Otherwise>,
): Setting<string | Otherwise> {
  const shown = otherwise ?? null;
  return { name, meaning, shape: 'text', shown, fallback: otherwise, parse: (value) => value, secret: secret === true };
}

export function file(name: string, declared: Declared): Setting<string | undefined> {
  return { ...text(name, { ...declared, otherwise: undefined }), shape: 'path of a file' };
}

export function folder(name: string, declared: Declared): Setting<string | undefined> {
  return { ...file(name, declared), shape: 'path of a folder' };
}

/** `letters@firm.example`, or with a name before it. */
export function sender(name: string, declared: Declared): Setting<string | undefined> {
  return {
    ...text(name, { ...declared, otherwise: undefined }),
    shape: 'mail address, or `Name <address>`',
    parse(value) {
      if (!/^([^<>\r\n@]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/.test(value))
        throw new Mistake('it is a sender such as Firm <letters@firm.example>');
      return value;
    },
  };
}

export function oneOf<const Choice extends string>(
  name: string,
  choices: readonly Choice[],
  { meaning, otherwise }: WithDefault<Choice>,
): Setting<Choice> {
  const shape = choices.map((choice) => `\`${choice}\``).join(' or ');
  return {
    ...{ name, meaning, shape, shown: otherwise, fallback: otherwise, secret: false },
    parse(value) {
      const found = choices.find((choice) => choice === value);
      if (found === undefined) throw new Mistake(`it may be ${choices.join(' or ')}`);
      return found;
    },
  };
}

type Range = readonly [least: number, most: number];

/** Whole things. */
export function count(name: string, range: Range, declared: WithDefault<number>): Setting<number> {
  return numeric(name, range, declared, 'whole number', /^\d{1,15}$/);
}

/** Hours, shares: what may be a part of one. */
export function measure(name: string, range: Range, declared: WithDefault<number>): Setting<number> {
  return numeric(name, range, declared, 'number', /^\d{1,15}(\.\d{1,15})?$/);
}

function numeric(
  name: string,
  [least, most]: Range,
  { meaning, otherwise }: WithDefault<number>,
  kind: string,
  digits: RegExp,
): Setting<number> {
  const shape = `${kind} from ${least} to ${most}`;
  return {
    ...{ name, meaning, shape, shown: String(otherwise), fallback: otherwise, secret: false },
    parse(value) {
      const number = Number(value);
      if (!digits.test(value) || number < least || number > most) throw new Mistake(`it is a ${shape}`);
      return number;
    },
  };
}

export function url(
  name: string,
  protocols: readonly string[],
  { meaning, secret }: Declared,
): Setting<string | undefined> {
  const shape = `address that begins with ${protocols.map((protocol) => `\`${protocol}://\``).join(' or ')}`;
  return {
    ...{ name, meaning, shape, shown: null, fallback: undefined, secret: secret === true },
    parse(value) {
      const protocol = URL.canParse(value) ? new URL(value).protocol.slice(0, -1) : '';
      if (!protocols.includes(protocol))
        throw new Mistake(`it is an address such as ${protocols.map((one) => `${one}://…`).join(' or ')}`);
      return value;
    },
  };
}

export function brokers(name: string, { meaning }: Declared): Setting<readonly string[]> {
  const shape = '`host:port`, separated by commas';
  return {
    ...{ name, meaning, shape, shown: null, fallback: [], secret: false },
    parse(value) {
      const found = value.split(',').map((broker) => broker.trim());
      const isBroker = (broker: string) => {
        const port = Number(/^[^\s:,/@]+:(\d{1,5})$/.exec(broker)?.[1] ?? 0);
        return port > 0 && port <= LAST_PORT;
      };
      if (!found.every(isBroker)) throw new Mistake('it names brokers as host:9092,host:9092');
      return found;
    },
  };
}

/** One server or several, as its client takes them. Always secret: it may hold a password. */
export function eventStore(name: string, { meaning }: Declared): Setting<string | undefined> {
  const shape = 'address that begins with `esdb://` or `esdb+discover://`; several servers are separated by commas';
  return {
    ...{ name, meaning, shape, shown: null, fallback: undefined, secret: true },
    parse(value) {
      if (!isEventStoreAddress(value))
        throw new Mistake(
          'it is an address such as esdb://user:password@one:2113,two:2113?tls=true, with known options',
        );
      return value;
    },
  };
}

/** `name=value,name=value`, the values percent-encoded, as OpenTelemetry writes them. Always secret. */
export function headers(name: string, { meaning }: Declared): Setting<{ readonly [name: string]: string }> {
  const shape = '`name=value`, separated by commas, values percent-encoded';
  return {
    ...{ name, meaning, shape, shown: null, fallback: {}, secret: true },
    parse(value) {
      const found = value.split(',').map((part) => /^\s*([!#$%&'*+.^_`|~\w-]+)=([\x21-\x7e]*)\s*$/.exec(part));
      try {
        return Object.fromEntries(found.map((match) => [match?.[1] ?? '', decodeURIComponent(match?.[2] ?? '%')]));
      } catch {
        throw new Mistake('it names headers as name=value,name=value, with percent-encoded values');
      }
    },
  };
}

/** `orders=http://orders:3000,receivables=http://one:3000|http://two:3000`. */
export function upstreams(name: string, { meaning }: Declared): Setting<ReadonlyMap<string, readonly string[]>> {
  const shape = '`service=http://host:port`, separated by commas; several processes of one service separated by `|`';
  return {
    ...{ name, meaning, shape, shown: null, fallback: new Map<string, readonly string[]>(), secret: false },
    parse(value) {
      const parts = value.split(',').map((part): [string, readonly string[]] => {
        const [service = '', addresses = ''] = part.trim().split(/=(.*)/s);
        const found = addresses.split('|').map(originOf);
        if (!/^[a-z]+$/.test(service) || found.includes(''))
          throw new Mistake(
            'it names processes as orders=http://host:3000,receivables=http://one:3000|http://two:3000',
          );
        return [service, found];
      });
      const named = new Map(parts);
      if (named.size < parts.length)
        throw new Mistake(
          'it names each service once, its processes separated by |, such as orders=http://a:1|http://b:1',
        );
      return named;
    },
  };
}

/** Empty: it is none. */
function originOf(address: string): string {
  return /^https?:/.test(address) && URL.canParse(address) ? new URL(address).origin : '';
}

export type Values<Settings extends { readonly [key: string]: Setting<unknown> }> = {
  readonly [Key in keyof Settings]: Settings[Key] extends Setting<infer Value> ? Value : never;
};

export interface Configuration<Settings extends { readonly [key: string]: Setting<unknown> }> {
  readonly values: Values<Settings>;
  /** One sentence per mistake. The values of these are the defaults: nobody should go on with them. */
  readonly mistakes: readonly string[];
}

/** An empty value counts as none: that is how a container is told "not this one". */
export function read<Settings extends { readonly [key: string]: Setting<unknown> }>(
  settings: Settings,
  environment: { readonly [name: string]: string | undefined },
): Configuration<Settings> {
  const mistakes: string[] = [];
  const values = Object.fromEntries(
    Object.entries(settings).map(([key, setting]) => {
      const value = environment[setting.name]?.trim() ?? '';
      if (value === '') return [key, setting.fallback];
      try {
        return [key, setting.parse(value)];
      } catch (error) {
        if (!(error instanceof Mistake)) throw error;
        const said = setting.secret ? 'is set to something else' : `is "${value}"`;
        mistakes.push(`${setting.name} ${said}; ${error.message}.`);
        return [key, setting.fallback];
      }
    }),
  );
  return { values: values as Values<Settings>, mistakes };
}
