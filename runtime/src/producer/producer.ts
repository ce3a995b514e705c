/** What a service publishes with: validates, takes the key from the contract, writes the envelope, waits for the broker. */
import { BrokerError } from '../broker/broker.ts';
import type { Clock } from '../clock.ts';
import type { EventContract, ProducerPromises, TopicSettings } from '../contract.ts';
import { compileEncode, type Outgoing, type SendOptions } from '../envelope/outgoing.ts';
import { compileViolationText } from '../envelope/violation-text.ts';
import { TenetError, type TenetErrorCode } from '../errors.ts';
import type { RecordSender } from '../retry/record-sender.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { compileOverload } from './overload.ts';

/** `Input`: the event, but members that the contract gives a default may be left out. */
export interface EventProducer<Input> {
  /**
   * Resolves after the broker's acknowledgement. Throws TenetError: `invalid-event`, `missing-key`, `too-large` (nothing
   * was sent), `send-failed` (it may have been). Events of one key that are sent in order are written in order. While the
   * broker is away the call waits (`onOverload: block`); under `drop-newest` it resolves and the event is dropped and
   * counted; under `buffer` it always resolves as soon as the event is buffered, or dropped and counted.
   */
  send(event: Input, options?: SendOptions): Promise<void>;
}

/** Where the contract says `tombstones: allow`. */
export interface TombstoneProducer<Key> {
  /**
   * Ends what stands under the key: a record without a value, which a compacted topic forgets after a while. `key`: its
   * one field, or its fields in their order, bucket last. Resolves and throws as `send` does.
   */
  tombstone(key: Key, options?: SendOptions): Promise<void>;
}

/** What a service publishes a contract with; `Key` is `never` where it takes no tombstones. */
export type ProducerOf<Input, Key> = EventProducer<Input> & ([Key] extends [never] ? unknown : TombstoneProducer<Key>);

export interface ProducerOptions {
  readonly contract: EventContract;
  readonly service: string;
  readonly promises: Pick<ProducerPromises, 'onOverload' | 'bufferBytes'>;
  /** Under the environment of the runtime. */
  readonly topic: TopicSettings;
  /** Throws when the runtime takes nothing to send now. */
  readonly sender: () => RecordSender;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

const nothing: SendOptions = {};

export function createProducer(options: ProducerOptions): ProducerOf<unknown, unknown> {
  const { contract, service, topic, sender, telemetry, clock } = options;
  const encode = compileEncode(contract, service);
  const describe = compileViolationText(contract.classification);
  const labels = { contract: contract.name, service, topic: topic.name };
  const sent = telemetry.counter('recordsSent', labels);
  const refused = telemetry.counter('recordsRefused', labels);
  const seconds = telemetry.histogram('sendSeconds', labels);
  const failures = new Map(
    (['too-large', 'send-failed'] as const).map((code) => [
      code,
      telemetry.counter('sendFailures', { ...labels, code }),
    ]),
  );
  const overload = compileOverload(options.promises, {
    dropped: telemetry.counter('sendsDropped', labels),
    bufferedBytes: telemetry.gauge('bufferedBytes', labels),
  });
  const fail = (code: 'too-large' | 'send-failed', text: string, retryable: boolean, cause?: unknown) => {
    failures.get(code)?.add(1);
    return error(code, text, retryable, cause);
  };
  const error = (code: TenetErrorCode, text: string, retryable: boolean, cause?: unknown) =>
    new TenetError(code, `${contract.name}: ${text}`, { contract: contract.name, retryable, cause });

  const acknowledge = async (sending: RecordSender, { key, value, headers }: Outgoing) => {
    const begun = clock.monotonic();
    try {
      await sending.send({ topic: topic.name, key, value, headers });
    } catch (cause) {
      const large = cause instanceof BrokerError && cause.reason === 'too-large';
      const again = cause instanceof BrokerError && cause.retryable;
      throw fail(large ? 'too-large' : 'send-failed', 'the broker did not acknowledge it', again, cause);
    }
    seconds.record((clock.monotonic() - begun) / 1000);
    sent.add(1);
  };

  const publish = async (encoded: () => Outgoing) => {
    const sending = sender();
    let outgoing: Outgoing;
    try {
      outgoing = encoded();
    } catch (cause) {
      refused.add(1);
      throw cause;
    }
    const limit = topic.maxMessageBytes;
    if (outgoing.size > limit) {
      throw fail('too-large', `the record has ${outgoing.size} bytes, its topic takes ${limit}; not sent`, false);
    }
    await overload.send(outgoing.size, sending.away, () => acknowledge(sending, outgoing));
  };

  return {
    send: (event, extra = nothing) =>
      publish(() => {
        const validated = contract.validators.emits(event);
        if (!validated.ok) throw error('invalid-event', `${describe(validated.violations)}; not sent`, false);
        return encode.event(validated.value, extra, clock.now());
      }),
    tombstone: (key, extra = nothing) =>
      publish(() => {
        if (contract.tombstones === 'allow') return encode.tombstone(key, extra, clock.now());
        throw error('tombstone-refused', 'the contract takes no tombstones; not sent', false);
      }),
  };
}
