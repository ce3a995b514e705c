/** How a cluster is reached; the same for every client of Kafka. */
import type { ConnectionOptions } from 'node:tls';
import { BrokerError } from '../broker.ts';

export interface KafkaOptions {
  /** host:port of some brokers of the cluster. */
  readonly brokers: readonly string[];
  /**
   * TLS towards every broker: `true`, or what Node's `tls.connect` takes (`ca`, `cert`, `key`, `passphrase`,
   * `servername`, …). Absent or `false`: none.
   */
  readonly tls?: boolean | ConnectionOptions;
  /** Log-in of every connection. Absent: none. */
  readonly sasl?: SaslOptions;
  /** How long opening a connection may take, in milliseconds. Default 3000. */
  readonly connectTimeoutMs?: number;
}

export type SaslOptions =
  | ({ readonly mechanism: 'plain' } & Password)
  | ({ readonly mechanism: 'scram-sha-256' } & Password)
  | ({ readonly mechanism: 'scram-sha-512' } & Password)
  | ({ readonly mechanism: 'oauthbearer' } & Token);

interface Token {
  /** Called for every connection, and again before the broker's session ends. When it rejects, it is asked again. */
  token(): Promise<string>;
}

interface Password {
  readonly username: string;
  readonly password: string;
}

export const defaultConnectTimeoutMs = 3000;

/** Whoever gives out tokens may be away for a while, as a broker may. */
export async function tokenOf({ token }: Token): Promise<string> {
  try {
    return await token();
  } catch (cause) {
    throw new BrokerError('unreachable', 'there is no token to log in with: token() failed', { cause });
  }
}

/** Where to begin. An IPv6 address stands in brackets. */
export function brokersOf(options: KafkaOptions): readonly { readonly host: string; readonly port: number }[] {
  return options.brokers.map((broker) => {
    const at = broker.lastIndexOf(':');
    const host = broker.slice(0, at).replace(/^\[|\]$/g, '');
    return { host, port: Number(broker.slice(at + 1)) };
  });
}
