// Checks docker-compose.yml on machines without Docker: that it parses, that its keys exist, and that whatever it
// refers to is there: services, health checks that others wait for, volumes, mounted files, the build and its stage; of
// our own images the programs that they run, and the variables that they are told (docs/configuration.md).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { namesIn } from './configuration-doc.mjs';
import { root } from './source-files.mjs';

const TOP_LEVEL = new Set(['name', 'services', 'volumes', 'networks', 'configs', 'secrets', 'include']);
const OF_A_SERVICE = new Set(
  `build cap_add cap_drop command configs container_name cpus depends_on deploy environment entrypoint env_file expose
   extra_hosts healthcheck hostname image init labels logging mem_limit networks platform ports profiles pull_policy
   read_only restart secrets security_opt shm_size stop_grace_period stop_signal sysctls tmpfs ulimits user volumes
   working_dir`.split(/\s+/),
);
const OF_A_HEALTHCHECK = new Set([
  'test',
  'interval',
  'timeout',
  'retries',
  'start_period',
  'start_interval',
  'disable',
]);
const CONDITIONS = new Set(['service_started', 'service_healthy', 'service_completed_successfully']);
const DURATION = /^(\d+(\.\d+)?(us|ms|s|m|h))+$/;

/**
 * @param {string} text of the compose file
 * @param {{ exists: (path: string) => boolean, read: (path: string) => string }} files paths from the compose file
 * @param {ReadonlySet<string>} [variables] what our own programs can be told
 * @returns {string[]} one sentence per fault
 */
export function composeFaults(text, files, variables = new Set()) {
  const document = parseDocument(text, { merge: true, uniqueKeys: true });
  if (document.errors.length > 0) return document.errors.map(({ message }) => message.split('\n')[0]);
  const compose = document.toJS();
  const faults = [];
  const services = compose.services ?? {};
  if (Object.keys(services).length === 0) faults.push('there are no services');
  for (const key of Object.keys(compose)) {
    if (!TOP_LEVEL.has(key) && !key.startsWith('x-')) faults.push(`unknown key ${key}`);
  }

  const ports = new Map();
  for (const [name, service] of Object.entries(services)) {
    const fault = (text) => faults.push(`service ${name}: ${text}`);
    for (const key of Object.keys(service)) if (!OF_A_SERVICE.has(key)) fault(`unknown key ${key}`);
    if (service.image === undefined && service.build === undefined) fault('has neither an image nor a build');
    if (service.image !== undefined && service.build === undefined && !/:[^/]+$/.test(service.image)) {
      fault(`the image ${service.image} has no version`);
    }
    checkBuild(service.build, files, fault);
    checkHealth(service.healthcheck, fault);
    if (service.build !== undefined) checkOwn(service, files, variables, fault);

    const dependsOn = service.depends_on ?? {};
    const conditions = Array.isArray(dependsOn)
      ? dependsOn.map((other) => [other, 'service_started'])
      : Object.entries(dependsOn).map(([other, { condition }]) => [other, condition]);
    for (const [other, condition] of conditions) {
      if (services[other] === undefined) fault(`depends on ${other}, which is not there`);
      else if (!CONDITIONS.has(condition)) fault(`waits for ${other} to be ${condition}`);
      else if (condition === 'service_healthy' && !services[other].healthcheck && !services[other].build) {
        fault(`waits for the health of ${other}, which has no health check`);
      }
    }

    for (const [variable, value] of Object.entries(service.environment ?? {})) {
      if (value !== null && typeof value === 'object') fault(`the value of ${variable} is not a text`);
      // Compose refuses booleans, because YAML and the container would not agree on their spelling.
      if (typeof value === 'boolean') fault(`the value of ${variable} must be quoted`);
    }

    for (const volume of service.volumes ?? []) {
      const [source, target] = typeof volume === 'string' ? volume.split(':') : [volume.source, volume.target];
      if (!target?.startsWith('/')) fault(`the volume ${source} has no absolute place in the container`);
      if (source.startsWith('.')) {
        if (!files.exists(source)) fault(`mounts ${source}, which is not there`);
      } else if (!source.startsWith('/') && !(source in (compose.volumes ?? {}))) {
        fault(`mounts the volume ${source}, which is not declared`);
      }
    }
    for (const network of Object.keys(Object.assign({}, ...[service.networks ?? []].flat().map((n) => ({ [n]: 0 }))))) {
      if (!(network in (compose.networks ?? {}))) fault(`joins the network ${network}, which is not declared`);
    }
    for (const port of service.ports ?? []) {
      const published = String(port).split('/')[0].split(':').slice(0, -1).at(-1);
      if (published === undefined) continue;
      if (ports.has(published)) fault(`publishes port ${published}, which ${ports.get(published)} already does`);
      ports.set(published, name);
    }
  }
  for (const volume of Object.keys(compose.volumes ?? {})) {
    const used = Object.values(services).some((service) =>
      (service.volumes ?? []).some(
        (mount) => (typeof mount === 'string' ? mount.split(':')[0] : mount.source) === volume,
      ),
    );
    if (!used) faults.push(`the volume ${volume} is used by nobody`);
  }
  return faults;
}

function checkBuild(build, files, fault) {
  if (build === undefined) return;
  const { context = '.', dockerfile = 'Dockerfile', target } = typeof build === 'string' ? { context: build } : build;
  const path = `${context}/${dockerfile}`;
  if (!files.exists(path)) {
    fault(`builds from ${dockerfile}, which is not there`);
    return;
  }
  if (target === undefined) return;
  const stages = [...files.read(path).matchAll(/^FROM\s.*\sAS\s+(\S+)\s*$/gim)].map(([, stage]) => stage);
  if (!stages.includes(target)) fault(`builds the stage ${target}, which ${dockerfile} does not have`);
}

/** What we build runs our sources, and reads nothing that it does not declare. */
function checkOwn({ command = [], environment = {} }, files, variables, fault) {
  for (const part of [command].flat()) {
    if (/\.m?ts$/.test(part) && !files.exists(part)) fault(`runs ${part}, which is not there`);
  }
  for (const variable of Object.keys(environment)) {
    if (!variables.has(variable)) fault(`is told ${variable}, which nobody reads`);
  }
}

function checkHealth(health, fault) {
  if (health === undefined || health.disable === true) return;
  for (const key of Object.keys(health)) if (!OF_A_HEALTHCHECK.has(key)) fault(`unknown key healthcheck.${key}`);
  const { test } = health;
  if (typeof test !== 'string' && !(Array.isArray(test) && ['CMD', 'CMD-SHELL', 'NONE'].includes(test[0]))) {
    fault('its health check has no test');
  }
  for (const key of ['interval', 'timeout', 'start_period', 'start_interval']) {
    if (health[key] !== undefined && !DURATION.test(health[key])) fault(`healthcheck.${key} is not a duration`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const faults = composeFaults(
    readFileSync(join(root, 'docker-compose.yml'), 'utf8'),
    {
      exists: (path) => existsSync(join(root, path)),
      read: (path) => readFileSync(join(root, path), 'utf8'),
    },
    namesIn(readFileSync(join(root, 'docs', 'configuration.md'), 'utf8')),
  );
  for (const fault of faults) console.error(`docker-compose.yml: ${fault}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
