/** Attempts of a consumer of several events: each record goes to the handler of its own, and to none when it is of none. */
import type { ConsumerContract } from '../contract.ts';
import { TenetError } from '../errors.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { Attempts } from './attempts.ts';
import { holdBack } from './batch-attempts.ts';
import type { Entry } from './entry.ts';
import { compileInboxClaims } from './inbox-claims.ts';
import { Poison } from './poison.ts';

/** `attempts`: by the type of an entry; the type behind the last of them is that of records that do not say theirs. */
export function streamAttempts<Tx>(
  consumers: readonly [ConsumerContract, ...ConsumerContract[]],
  attempts: readonly Attempts[],
  inbox: Inbox<Tx> | undefined,
): Attempts {
  const untyped = untypedAttempts(consumers, inbox);
  const of = (entry: Entry | undefined) => attempts[entry?.type ?? attempts.length] ?? untyped;
  return {
    run: (entry) => of(entry).run(entry),
    async runBatch(entries) {
      const { run, runBatch } = of(entries[0]);
      if (runBatch !== undefined) return runBatch(entries);
      const verdicts = await Promise.all(entries.map(run));
      holdBack(entries, verdicts);
      return verdicts;
    },
    markDead: (entry) => of(entry).markDead(entry),
    evidenced: (entry) => of(entry).evidenced(entry),
    payload: (entry) => of(entry).payload(entry),
  };
}

function untypedAttempts<Tx>(
  consumers: readonly [ConsumerContract, ...ConsumerContract[]],
  inbox: Inbox<Tx> | undefined,
): Attempts {
  const [first] = consumers;
  const claims = inbox === undefined ? undefined : compileInboxClaims(first, inbox);
  const names = consumers.map(({ event }) => event.name).join(' or ');
  return {
    async run(entry) {
      const text = `${first.event.topic.name}: the record has no ce_type, and may be ${names}`;
      const error = new TenetError('contract-violation', text, { contract: first.event.name, poison: true });
      entry.error = new Poison('CONTRACT_VIOLATION', error);
      return 'poison';
    },
    markDead: claims?.markPlaceDead ?? (async () => 'dead'),
    evidenced: async () => 'buried',
    // It is in no error message that it could have to be hidden from.
    payload: () => undefined,
  };
}
