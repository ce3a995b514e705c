import type { RuleEntry } from '../rule.ts';

/**
 * The causes that a payload comparison can name. One engine judges; these say in the words of a schema's author what
 * made it judge so. `backward` is rejected by the new schema, `forward` by the old one that services still run.
 */
export type Direction = 'backward' | 'forward';
export type Cause = 'required' | 'type' | 'values' | 'limit' | 'closed' | 'alternative' | 'other';

const migrate =
  'The way through is always the same three steps: consumers learn to read both forms, producers switch, the old form is retired when nothing in the topic has it any more.';

const entry = (id: string, summary: string, why: string): RuleEntry => ({
  id: `payload/${id}`,
  severity: 'error',
  summary,
  why,
});

export const payloadRules = {
  backward: {
    required: entry(
      'required-added',
      'A field that events of the topic may lack does not become required.',
      `Events that were published before the change are still in the topic, and the new schema rejects those without the field. Give it a default, or make it required when every event in the topic has it. ${migrate}`,
    ),
    type: entry(
      'type-changed',
      'A field keeps every type that events of the topic may have.',
      `A value of the old type is still in the topic. Widen the type (\`[string, integer]\`), or add a field beside the old one. ${migrate}`,
    ),
    values: entry(
      'enum-narrowed',
      'A value that events of the topic may have stays allowed.',
      `Taking a value out of \`enum\` rejects the events that carry it. Let producers stop using it first, and take it out when the last of them has left the topic. ${migrate}`,
    ),
    limit: entry(
      'constraint-tightened',
      'A limit does not exclude what events of the topic may contain.',
      `A shorter maximum, a stricter pattern or a higher minimum rejects events that were valid when they were published. ${migrate}`,
    ),
    closed: entry(
      'member-forbidden',
      'A member that events of the topic may have is not forbidden.',
      'Hand-written producers may publish members that the schema does not name; a schema that is closed rejects them. Generated consumers ignore what they do not know.',
    ),
    alternative: entry(
      'alternative-removed',
      'An alternative that events of the topic may use stays.',
      `An event that fits a removed branch of \`oneOf\` or \`anyOf\` fits none of those that are left. ${migrate}`,
    ),
    other: entry(
      'backward-incompatible',
      'Consumers of tomorrow accept the events of yesterday.',
      `The witness is valid by the old schema and rejected by the new. ${migrate}`,
    ),
  },
  forward: {
    required: entry(
      'required-removed',
      'A field that running consumers require stays in every event.',
      `Services of the older version still run for the time of \`rollout\`, and reject events without the field. Let them stop requiring it first. ${migrate}`,
    ),
    type: entry(
      'type-widened',
      'A field takes no type that running consumers do not know.',
      `A new type is rejected by every service of the older version, for the time of \`rollout\`. Add a field beside the old one. ${migrate}`,
    ),
    values: entry(
      'enum-widened',
      'A value that running consumers do not know is not published yet.',
      `Services of the older version reject a value that their \`enum\` lacks. Consumers learn it first, as a version of its own; producers use it after \`rollout\`. Open sets are better declared as \`type: string\`.`,
    ),
    limit: entry(
      'constraint-loosened',
      'A limit that running consumers rely on is not relaxed under them.',
      `Services of the older version reject what lies beyond their limits. ${migrate}`,
    ),
    closed: entry(
      'member-allowed',
      'A member that running consumers forbid is not published yet.',
      'Hand-written consumers with a closed schema reject members that they do not know. Generated ones ignore them.',
    ),
    alternative: entry(
      'alternative-added',
      'An alternative that running consumers do not know is not published yet.',
      `Services of the older version find no branch that fits. Consumers learn it first; producers use it after \`rollout\`. ${migrate}`,
    ),
    other: entry(
      'forward-incompatible',
      'Consumers of yesterday accept the events of tomorrow.',
      `The witness is valid by the new schema and rejected by the old one. ${migrate}`,
    ),
  },
} as const satisfies Record<Direction, Record<Cause, RuleEntry>>;

export const undecided: RuleEntry = {
  id: 'payload/undecided',
  severity: 'error',
  summary: 'A change of the payload is proved to be compatible, or it is not made.',
  why: 'The comparison neither found a proof nor an event that breaks. It says which part it could not decide; written in simpler terms (no look-around in `pattern`, no `not` around large schemas, `enum` for finite sets) it can.',
};

export const dropped: RuleEntry = {
  id: 'payload/dropped',
  severity: 'note',
  summary: 'What consumers stop seeing is known.',
  why: 'A field that is no longer declared is accepted and dropped before the handler sees it. Nothing fails, and what was in it is lost. Where a map that took any name is closed, nobody can list what is lost, and where the name told an untagged alternative apart, events pass for another kind: both are errors.',
};

export const invented: RuleEntry = {
  id: 'payload/invented',
  severity: 'warning',
  summary: 'A default does not speak for events that were published without it.',
  why: 'With a new default on an old field, consumers read a value into old events that their producer never meant. Add the default together with the field, or let the handler decide what absence means.',
};

export const renameSuspected: RuleEntry = {
  id: 'payload/rename-suspected',
  severity: 'warning',
  summary: 'A field is not renamed behind the back of its readers.',
  why: `A field that every event had is gone, and another with a default stands beside its place. Nothing is rejected, and yet old consumers read the old default for ever, and new ones the new. ${migrate}`,
};

export const meaningChanged: RuleEntry = {
  id: 'payload/meaning-changed',
  severity: 'error',
  summary: 'A value of an Avro type arrives as the value that was sent.',
  why: `Units, scales and calendars are in the schema and not in the data: a \`timestamp-millis\` that is read as \`timestamp-micros\` is another instant, and a \`decimal\` of another scale another amount. Nothing fails, and every reader is wrong. Python's readers refuse decimals that differ at all, as the specification asks. ${migrate}`,
};

export const precisionLost: RuleEntry = {
  id: 'payload/precision-lost',
  severity: 'warning',
  summary: 'Integers are not read into a type that rounds them.',
  why: 'Avro lets an `int` or a `long` be read as `float`, and a `long` as `double`. Integers beyond 2^24 and 2^53 come out as their neighbours: identifiers and amounts are no longer what was sent.',
};

export const avscRefuses: RuleEntry = {
  id: 'payload/avsc-refuses',
  severity: 'warning',
  summary: 'What the specification of Avro lets be read, services on Node can read.',
  why: 'The specification matches records, enums and fixed types by their names without namespaces. The library avsc wants the fullname, or an alias that is one: a changed namespace stops every service that reads with it. An alias serves both.',
};

/** All of them, in the order of reports. */
export const payloadEntries: readonly RuleEntry[] = [
  ...Object.values(payloadRules.backward),
  ...Object.values(payloadRules.forward),
  undecided,
  dropped,
  invented,
  renameSuspected,
  meaningChanged,
  precisionLost,
  avscRefuses,
];
