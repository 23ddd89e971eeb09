// Whether suites that want a Kafka broker can run here: an address from outside, or Java 17 and the jars (or Maven to
// get them). Asked by jest.config.mjs and by tools/test.mjs, so that both leave out the same.
import { spawnSync } from 'node:child_process';
import { jarsThere } from './jars.mjs';

const JAVA_FROM = 17;
const ANSWER_WITHIN_MS = 20_000;

export function kafkaAvailable() {
  if (process.env.KAFKA_BROKERS) return true;
  return javaVersion() >= JAVA_FROM && (jarsThere() || ran('mvn', ['-v']).status === 0);
}

function javaVersion() {
  // `java -version` writes to standard error: openjdk version "17.0.15" 2025-04-15
  const { stderr } = ran('java', ['-version']);
  return Number(/version "(\d+)/.exec(stderr ?? '')?.[1] ?? 0);
}

function ran(program, args) {
  return spawnSync(program, args, { encoding: 'utf8', timeout: ANSWER_WITHIN_MS });
}
