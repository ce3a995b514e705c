// Whom a group's coordinator names: it remembers who was a static member first, and forgets what members said meanwhile.
import { expect, test } from 'vitest';
import { clientsOf } from '../../../../runtime/src/broker/kafka/group-clients.ts';
import { encodeSubscription } from '../../../../runtime/src/broker/kafka/group-protocol.ts';

const saying = (clientId: string) => encodeSubscription({ topics: ['t'], clientId });

test('a member is who it says that it is', () => {
  const members = [
    { clientId: 'before', memberMetadata: saying('after') },
    { clientId: 'other', memberMetadata: saying('other') },
  ];
  expect(clientsOf('tenet', members)).toEqual(['after', 'other']);
});

test('one that says nothing is whom the coordinator knows', () => {
  const members = [Buffer.alloc(0), saying('')].map((memberMetadata) => ({ clientId: 'known', memberMetadata }));
  expect(clientsOf('tenet', members)).toEqual(['known', 'known']);
});

test('what members of another program tell each other is not read', () => {
  expect(clientsOf('range', [{ clientId: 'known', memberMetadata: saying('something else') }])).toEqual(['known']);
});
