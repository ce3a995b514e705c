// A real Apache Kafka broker for tests and for the demo: one KRaft node on loopback ports, its data in a temporary
// folder. TENET_KAFKA=host:port[,host:port] names another one; nothing is started then.

import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { stopIdleTimers } from '../../runtime/src/broker/kafkajs/internals.ts';
import { freePort, startServer, untilReady } from './server.ts';
import { kafkaFolder } from './system-parts.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
// Serial collection and the first compiler only: a test broker lives for minutes, and its start is what is waited for.
const jvm = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

export interface RunningKafka {
  readonly brokers: string[];
  /** Ends the broker, when it is ours, and removes its data. */
  stop(): Promise<void>;
}

export interface OwnKafka extends RunningKafka {
  /** Kills the broker by SIGKILL and starts it again with its port and data; resolves when it answers. */
  restart(): Promise<void>;
}

/**
 * Starts a broker and waits until it answers for topics and for consumer groups (about 6 s). Fetches Kafka's jars first
 * where they are missing.
 */
export async function startKafka(): Promise<RunningKafka> {
  const given = process.env.TENET_KAFKA;
  if (given) return { brokers: given.split(',').map((broker) => broker.trim()), stop: async () => {} };
  return startOwnKafka();
}

/** What a broker has beyond the one that tests share. */
export interface Extras {
  /** More listeners, as `PROTOCOL://host:port`. */
  readonly listeners?: readonly string[];
  readonly properties?: readonly string[];
  /** More arguments for the formatting of its data. */
  readonly format?: readonly string[];
}

/** How soon a broker that was killed may register again; the default is 9 s. */
const soonAgain = ['broker.session.timeout.ms=3000', 'broker.heartbeat.interval.ms=500'];

/** A broker of the caller's own, which it may kill, wherever the other tests run. */
export function startMortalKafka(): Promise<OwnKafka> {
  return startOwnKafka({ properties: soonAgain });
}

export async function startOwnKafka(extras: Extras = {}): Promise<OwnKafka> {
  await ensureJars();
  const [port, controllerPort] = [await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), 'tenet-kafka-'));
  const properties = join(folder, 'server.properties');
  writeFileSync(properties, serverProperties(port, controllerPort, join(folder, 'data'), extras));
  writeFileSync(join(folder, 'log4j2.xml'), logging);
  const java = (main: string, ...args: string[]): string[] => [
    ...jvm,
    `-Dlog4j2.configurationFile=${join(folder, 'log4j2.xml')}`,
    '-cp',
    join(kafkaFolder(root), 'libs', '*'),
    main,
    ...args,
  ];
  try {
    // Never with a dash in front: that is an option.
    const id = `t${randomBytes(16).toString('base64url').slice(1)}`;
    await promisify(execFile)(
      'java',
      java('kafka.tools.StorageTool', 'format', '-t', id, '-c', properties, ...(extras.format ?? [])),
    );
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const server = startServer({
    command: 'java',
    args: java('kafka.Kafka', properties),
    // Its data is thrown away, so there is nothing to shut down in order.
    signal: 'SIGKILL',
    log: join(folder, 'log'),
    remove: folder,
  });
  const brokers = [`127.0.0.1:${port}`];
  const ready = () => untilReady(server, 'Kafka', 60_000, () => answers(brokers));
  await ready();
  return {
    brokers,
    stop: server.stop,
    async restart() {
      await server.restart();
      await ready();
    },
  };
}

/** Resolves when the broker serves topics and the coordinator of consumer groups has loaded. */
async function answers(brokers: string[]): Promise<void> {
  stopIdleTimers();
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: { retries: 0 }, connectionTimeout: 1000 });
  const admin = kafka.admin();
  try {
    await admin.connect();
    await admin.describeCluster();
    await admin.describeGroups(['tenet-is-anybody-there']);
  } finally {
    await admin.disconnect();
  }
}

async function ensureJars(): Promise<void> {
  if (existsSync(kafkaFolder(root))) return;
  const installer = fileURLToPath(new URL('install.mjs', import.meta.url));
  const child = spawn(process.execPath, [installer, '--for', 'kafka'], { stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('Kafka is not installed; the lines above say what is missing');
}

function serverProperties(port: number, controllerPort: number, data: string, extras: Extras): string {
  const listeners = [`PLAINTEXT://127.0.0.1:${port}`, ...(extras.listeners ?? [])].join(',');
  return `${[
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=${listeners},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=${listeners}`,
    'controller.listener.names=CONTROLLER',
    'listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL',
    `log.dirs=${data.replaceAll('\\', '/')}`,
    'auto.create.topics.enable=false',
    // One node: its internal topics have one copy, and few partitions so that coordinators load at once.
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=4',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'transaction.state.log.num.partitions=4',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    // Tests that wait for a dead member or for a group's first members wait for nothing else.
    'group.initial.rebalance.delay.ms=0',
    'group.min.session.timeout.ms=1000',
    ...(extras.properties ?? []),
  ].join('\n')}\n`;
}

const logging = `<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="WARN">
  <Appenders><Console name="out"><PatternLayout pattern="%d %p %m (%c)%n"/></Console></Appenders>
  <Loggers><Root level="WARN"><AppenderRef ref="out"/></Root></Loggers>
</Configuration>
`;
