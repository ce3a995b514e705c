/**
 * OAUTHBEARER for kafkajs. Its own takes every answer for a welcome: a broker that refuses a token says so in an answer
 * like any other, and cuts the connection at the next request, which then looks like an outage.
 */
import type { Mechanism } from 'kafkajs';
import { BrokerError } from '../broker.ts';

/** What is said in a log-in has its length before it. */
const lengthBytes = 4;

export function oauthBearer(token: () => Promise<string>): Mechanism {
  return {
    mechanism: 'oauthbearer',
    authenticationProvider: ({ saslAuthenticate }) => ({
      async authenticate() {
        const greeting = Buffer.from(`n,,\x01auth=Bearer ${await token()}\x01\x01`);
        const length = Buffer.alloc(lengthBytes);
        length.writeInt32BE(greeting.length);
        const refusal = await saslAuthenticate({
          request: { encode: () => Buffer.concat([length, greeting]) },
          response: { decode: (said) => said, parse: (said) => said.toString('utf8', lengthBytes) },
        });
        if (refusal) throw new BrokerError('refused', `the broker refused the token: ${refusal}`);
      },
    }),
  };
}
