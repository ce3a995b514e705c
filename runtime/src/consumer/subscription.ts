/** What a process reads of one topic as one group: a contract and a handler for each event that it declares. */

import type { ConsumerContract, EventContract, TopicSettings } from '../contract.ts';
import { TenetError } from '../errors.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { Attempts } from './attempts.ts';
import type { Consumer } from './consumer.ts';
import { compileTypeOf, type TypeOf } from './event-types.ts';
import { streamAttempts } from './stream-attempts.ts';

export interface Subscribed {
  readonly contract: ConsumerContract;
  readonly attempts: Attempts;
}

export class Subscription {
  /** Under the environment of the runtime. */
  readonly topic: TopicSettings;
  readonly #events: [Subscribed, ...Subscribed[]];
  running: Consumer | undefined = undefined;

  constructor(topic: TopicSettings, first: Subscribed) {
    this.topic = topic;
    this.#events = [first];
  }

  /** Sorted by event, so that the order in which handlers are given says nothing. */
  get contracts(): readonly [ConsumerContract, ...ConsumerContract[]] {
    const [first, ...others] = this.#events;
    return [first.contract, ...others.map(({ contract }) => contract)];
  }

  /** The group's settings: those that all of its contracts agree on. */
  get contract(): ConsumerContract {
    return this.#events[0].contract;
  }

  add(topic: TopicSettings, one: Subscribed): void {
    const { event, name, group } = one.contract;
    if (this.contracts.some((of) => of.event.name === event.name)) {
      throw new TenetError('wrong-state', `${event.name} ${name} has a handler already`);
    }
    if (topic.name !== this.topic.name) {
      const text = `${event.name} ${name}: the group ${group} reads ${this.topic.name}, and cannot read ${topic.name} as well`;
      throw new TenetError('wrong-state', text);
    }
    this.#events.push(one);
    this.#events.sort((a, b) => (a.contract.event.name < b.contract.event.name ? -1 : 1));
  }

  /** `known`: every event that this process knows of. */
  compose<Tx>(
    known: readonly EventContract[],
    inbox: Inbox<Tx> | undefined,
  ): { readonly stream: boolean; readonly typeOf: TypeOf; readonly attempts: Attempts } {
    const events = this.contracts.map(({ event }) => event);
    const stream =
      events.some((event) => event.stream !== undefined) ||
      known.some((event) => event.topic.name === events[0]?.topic.name && event.name !== events[0]?.name);
    const typeOf = compileTypeOf(events, stream);
    const attempts = this.#events.map((one) => one.attempts);
    const [only] = attempts;
    if (!stream && only !== undefined) return { stream, typeOf, attempts: only };
    return { stream, typeOf, attempts: streamAttempts(this.contracts, attempts, inbox) };
  }
}
