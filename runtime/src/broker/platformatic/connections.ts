/** What the parts of this adapter ask of @platformatic/kafka: its pools of connections, and the requests on them. */
import { isIP } from 'node:net';
import { AuthenticationError, ConnectionPool, SASLMechanisms, type SASLOptions } from '@platformatic/kafka';
import { brokersOf, defaultConnectTimeoutMs, type KafkaOptions, type SaslOptions, tokenOf } from '../kafka/options.ts';

export interface PoolOptions {
  readonly clientId: string;
  /** After it an answer counts as lost, and its connection is closed: it cannot come late. In milliseconds. */
  readonly requestTimeoutMs: number;
}

/**
 * One connection to each broker that is asked for. Kafka answers a connection's requests one after the other, so what
 * may take long has a pool of its own.
 */
export function openPool(options: KafkaOptions, { clientId, requestTimeoutMs }: PoolOptions): ConnectionPool {
  const { tls = false, sasl, connectTimeoutMs = defaultConnectTimeoutMs } = options;
  const pool = new ConnectionPool(clientId, {
    connectTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    ...(tls === false ? {} : { tls: tls === true ? {} : tls, tlsServerName: serverName(options) }),
    ...(sasl === undefined ? {} : { sasl: saslOf(sasl) }),
  });
  // The pool hears a connection's first error; a second one without a listener would end the process.
  pool.on('connecting', ({ connection }) => connection.on('error', () => {}));
  return pool;
}

/** Node sends none by itself, and warns of one that is an address. */
function serverName(options: KafkaOptions): string | boolean {
  const { tls } = options;
  if (typeof tls === 'object' && tls.servername !== undefined) return tls.servername;
  return brokersOf(options).every(({ host }) => isIP(host) === 0);
}

function saslOf(sasl: SaslOptions): SASLOptions {
  if (sasl.mechanism === 'oauthbearer') {
    return { mechanism: SASLMechanisms.OAUTHBEARER, token: () => tokenOf(sasl), authBytesValidator: refuseWhatIsSaid };
  }
  const { username, password } = sasl;
  const mechanisms = {
    plain: SASLMechanisms.PLAIN,
    'scram-sha-256': SASLMechanisms.SCRAM_SHA_256,
    'scram-sha-512': SASLMechanisms.SCRAM_SHA_512,
  };
  return { mechanism: mechanisms[sasl.mechanism], username, password };
}

/** A broker that takes a token says nothing; one that refuses it says why, in an answer like any other. */
const refuseWhatIsSaid: NonNullable<SASLOptions['authBytesValidator']> = (said, done) => {
  if (said.length === 0) done(null, said);
  else done(new AuthenticationError(`the broker refused the token: ${said.toString()}`));
};
