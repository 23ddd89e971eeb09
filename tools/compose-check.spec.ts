import { describe, expect, it } from '@jest/globals';
import { composeFaults } from './compose-check.mjs';

const files = {
  exists: (path: string) => ['./Dockerfile', './infra/known.yml'].includes(path),
  read: () => 'FROM node:24 AS build\nFROM node:24 AS service\n',
};
const faults = (text: string) => composeFaults(text, files);

describe('the check of the compose file', () => {
  it('finds nothing wrong with what holds together', () => {
    const text = `
      x-common: &common { restart: always }
      services:
        db: { image: 'postgres:18', healthcheck: { test: [CMD, pg_isready], interval: 5s }, volumes: ['data:/var'] }
        web:
          <<: *common
          build: { context: ., target: service }
          ports: ['127.0.0.1:80:8080']
          volumes: ['./infra/known.yml:/etc/known.yml:ro']
          depends_on: { db: { condition: service_healthy } }
      volumes: { data: }`;
    expect(faults(text)).toEqual([]);
  });

  it('refuses what refers to nothing', () => {
    const text = `
      services:
        web:
          build: { context: ., target: release }
          depends_on: [db]
          networks: [inner]
          volumes: ['./infra/missing.yml:/etc/x', 'data:/var']
        worker: { build: { context: ., dockerfile: Other } }
      volumes: { spare: }`;
    expect(faults(text)).toEqual([
      'service web: builds the stage release, which Dockerfile does not have',
      'service web: depends on db, which is not there',
      'service web: mounts ./infra/missing.yml, which is not there',
      'service web: mounts the volume data, which is not declared',
      'service web: joins the network inner, which is not declared',
      'service worker: builds from Other, which is not there',
      'the volume spare is used by nobody',
    ]);
  });

  it('refuses misspelt keys, values that are no texts, and images without a version', () => {
    const text = `
      service: {}
      services:
        web: { image: nginx, enviroment: {}, environment: { DEBUG: true }, healthcheck: { test: curl, interval: 5 } }`;
    expect(faults(text)).toEqual([
      'unknown key service',
      'service web: unknown key enviroment',
      'service web: the image nginx has no version',
      'service web: healthcheck.interval is not a duration',
      'service web: the value of DEBUG must be quoted',
    ]);
  });

  it('refuses to wait for a health that nobody checks, and a port published twice', () => {
    const text = `
      services:
        db: { image: 'postgres:18', ports: ['5432:5432'] }
        copy: { image: 'postgres:18', ports: ['5432:5433'], depends_on: { db: { condition: service_healthy } } }`;
    expect(faults(text)).toEqual([
      'service copy: waits for the health of db, which has no health check',
      'service copy: publishes port 5432, which db already does',
    ]);
  });

  it('refuses what is not YAML, and a key that is there twice', () => {
    expect(faults('services: [')).toHaveLength(1);
    expect(faults('services: {}\nservices: {}')).toEqual([expect.stringContaining('Map keys must be unique')]);
  });

  it('refuses programs that are not there and variables that nobody reads, of our own images only', () => {
    const text = `
      services:
        web:
          build: { context: . }
          command: [apps/web/src/main.ts, --fast]
          environment: { KONTOR_PORT: '80', KONTOR_PROT: '80' }
        db: { image: 'postgres:18', command: [postgres.ts], environment: { POSTGRES_USER: kontor } }`;
    expect(composeFaults(text, files, new Set(['KONTOR_PORT']))).toEqual([
      'service web: runs apps/web/src/main.ts, which is not there',
      'service web: is told KONTOR_PROT, which nobody reads',
    ]);
  });
});
