const ADDRESS = /^esdb(?:\+discover)?:\/\/(?:[^\s:@/]+:[^\s@/]+@)?([^\s?/@]+)\/?(?:\?(\S+))?$/;
const HOST = /^[A-Za-z0-9._-]+(?::(\d{1,5}))?$/;
const LAST_PORT = 65_535;

const whole = (value: string) => /^\d{1,9}$/.test(value);
const flag = (value: string) => value === 'true' || value === 'false';
const anything = (value: string) => value !== '';

/** What the client library understands; of anything else it warns with the whole address, password included. */
const OPTIONS: { readonly [name: string]: (value: string) => boolean } = {
  tls: flag,
  // It cannot leave certificates unchecked, and says so in the same way.
  tlsverifycert: (value) => value === 'true',
  tlscafile: anything,
  usercertfile: anything,
  userkeyfile: anything,
  connectionname: anything,
  nodepreference: (value) => ['leader', 'follower', 'random', 'readonlyreplica'].includes(flat(value)),
  throwonappendfailure: flag,
  defaultdeadline: whole,
  discoveryinterval: whole,
  gossiptimeout: whole,
  keepaliveinterval: whole,
  keepalivetimeout: whole,
  maxdiscoverattempts: whole,
};

/** `esdb://user:password@one:2113,two:2113,three:2113?tls=true`: no URL, because it may name several servers. */
export function isEventStoreAddress(text: string): boolean {
  const [matched, hosts = '', options] = ADDRESS.exec(text) ?? [];
  if (matched === undefined || !hosts.split(',').every(isHost)) return false;
  return options === undefined || options.split('&').every(isOption);
}

function isHost(text: string): boolean {
  const [matched, port = '1'] = HOST.exec(text) ?? [];
  return matched !== undefined && Number(port) > 0 && Number(port) <= LAST_PORT;
}

function isOption(text: string): boolean {
  const [name = '', value = '', ...more] = text.split('=');
  return more.length === 0 && OPTIONS[flat(name)]?.(value) === true;
}

function flat(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '');
}
