/** A broker that asks who is there: every log-in mechanism in the clear, and PLAIN over TLS with a certificate of its own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOwnKafka } from './kafka.ts';
import { freePort } from './server.ts';

export interface SecureKafka {
  /** In the clear: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER with tokens that nobody signed. */
  readonly clear: string[];
  /** PLAIN over TLS. */
  readonly encrypted: string[];
  /** The certificate to trust, as PEM. */
  readonly ca: string;
  readonly username: string;
  readonly password: string;
  stop(): Promise<void>;
}

const username = 'alice';
const password = 'the-secret-of-alice';
const storePassword = 'of-a-test';
const modules = 'org.apache.kafka.common.security';

export async function startSecureKafka(): Promise<SecureKafka> {
  const [clear, encrypted] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const folder = mkdtempSync(join(tmpdir(), 'tenet-keys-'));
  try {
    const store = join(folder, 'broker.p12');
    const ca = certificate(store);
    const kafka = await startOwnKafka({
      listeners: [`SASL_PLAINTEXT://${clear}`, `SASL_SSL://${encrypted}`],
      properties: [...logins('sasl_plaintext'), ...logins('sasl_ssl'), ...keys(store)],
      format: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
        '--add-scram',
        `${mechanism}=[name=${username},password=${password}]`,
      ]),
    });
    const stop = async (): Promise<void> => {
      await kafka.stop();
      rmSync(folder, { recursive: true, force: true });
    };
    return { clear: [clear], encrypted: [encrypted], ca, username, password, stop };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function logins(listener: string): readonly string[] {
  const of = (mechanism: string, login: string) =>
    `listener.name.${listener}.${mechanism}.sasl.jaas.config=${modules}.${login};`;
  return [
    `listener.name.${listener}.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER`,
    of('plain', `plain.PlainLoginModule required user_${username}="${password}"`),
    of('scram-sha-256', 'scram.ScramLoginModule required'),
    of('scram-sha-512', 'scram.ScramLoginModule required'),
    of('oauthbearer', 'oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker"'),
    // A session ends with its token: who goes on must log in again.
    `listener.name.${listener}.oauthbearer.connections.max.reauth.ms=3600000`,
  ];
}

function keys(store: string): readonly string[] {
  const of = (name: string, value: string) => `listener.name.sasl_ssl.ssl.${name}=${value}`;
  return [
    of('keystore.type', 'PKCS12'),
    of('keystore.location', store.replaceAll('\\', '/')),
    of('keystore.password', storePassword),
    of('key.password', storePassword),
  ];
}

/** Writes a key and a certificate that signs itself; answers the certificate. */
function certificate(store: string): string {
  const keytool = (...args: string[]): string =>
    execFileSync('keytool', [...args, '-keystore', store, '-storepass', storePassword, '-alias', 'broker'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  keytool('-genkeypair', '-keyalg', 'EC', '-dname', 'CN=broker', '-ext', 'san=ip:127.0.0.1', '-validity', '2');
  return keytool('-exportcert', '-rfc');
}

/** A token that says who somebody is and for how long, and that nobody signed. */
export function unsignedToken(subject: string, seconds: number): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (of: object) => Buffer.from(JSON.stringify(of)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: now, exp: now + seconds })}.`;
}
