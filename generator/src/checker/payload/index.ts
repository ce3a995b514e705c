import type { AffectedConsumer, Witness } from '../../diagnostics/finding.ts';
import type { Compatibility, Consumer, Contract } from '../../model/contract.ts';
import type { Json, Schema } from '../../schema/ast.ts';
import type { CompareOptions, Handling, Verdict } from '../../schema/verdict.ts';
import { samePayload } from '../effect.ts';
import { affected, stood } from '../places.ts';
import { textOf } from '../quantities.ts';
import type { RuleEntry } from '../rule.ts';
import { compareAvroPayloads } from './avro-payload.ts';
import { type Direction, dropped, invented, payloadRules, renameSuspected, undecided } from './catalogue.ts';
import { payloadChanges } from './changes/payload-changes.ts';
import { declaredNames, memberNodes, nodesAt } from './conjunction.ts';
import { findCause, type Rejection } from './find-cause.ts';
import { locate, locateRejection } from './locate-keyword.ts';
import { producerOf, type Question, questionsFor } from './meetings.ts';
import type { PayloadReport } from './payload-report.ts';
import { redact } from './redact.ts';
import { sayCause, sayOther } from './say-cause.ts';
import { type DeclarationChange, isDeclaration, reliedOn, touches } from './words.ts';

/** The schema engine's comparison, handed in so that tests can give verdicts that are hard to provoke. */
export type Compare = (before: Schema, after: Schema, options: CompareOptions) => Verdict;

export interface PayloadOptions {
  readonly compare: Compare;
  /** Work for one pair of schemas before the answer is `unknown`. */
  readonly budgetMs: number;
}

/**
 * Compares the payload of a contract with every version whose events, or whose services, may still be met.
 * The last of them is the baseline that positions refer to.
 */
export function comparePayload(
  retained: readonly Contract[],
  after: Contract,
  options: PayloadOptions,
): readonly PayloadReport[] {
  const reports = new Map<string, PayloadReport>();
  const producer = producerOf([...retained, after]);
  for (const before of retained) {
    if (samePayload(before, after, false)) continue;
    for (const report of comparePair(before, after, producer, options)) {
      const key = keyOf(report.entry, report.subject);
      const known = reports.get(key);
      reports.set(key, known ? together(known, report) : report);
    }
  }
  // A type that changed breaks both ways; one sentence says so.
  for (const { entry, subject } of [...reports.values()]) {
    if (entry === payloadRules.backward.type) reports.delete(keyOf(payloadRules.forward.type, subject));
  }
  const baseline = retained.at(-1);
  if (!baseline || (after.consumers.length > 0 && generatedConsumers(after).length === 0)) return [...reports.values()];
  const changes = payloadChanges(baseline, after).filter(isDeclaration);
  return [...reports.values(), ...lossReports(baseline, after, changes), ...renameReports(baseline, after, changes)];
}

function keyOf({ id }: RuleEntry, subject: string | undefined): string {
  return JSON.stringify([id, subject]);
}

function* comparePair(
  before: Contract,
  after: Contract,
  producer: Handling,
  { compare, budgetMs }: PayloadOptions,
): Iterable<PayloadReport> {
  const directions = directionsOf(before.compatibility, after.compatibility);
  if (before.schema.kind === 'avro' || after.schema.kind === 'avro') {
    yield* compareAvroPayloads(before, after, directions, budgetMs);
    return;
  }
  const [was, is] = [before.schema.schema, after.schema.schema];
  for (const direction of directions) {
    const [emitted, accepted] = direction === 'backward' ? [was, is] : [is, was];
    const reading = direction === 'backward' ? after : before;
    for (const question of questionsFor(producer, reading)) {
      const verdict = compare(emitted, accepted, { relation: question.meeting, budgetMs });
      if (verdict.verdict === 'compatible') continue;
      yield verdict.verdict === 'unknown'
        ? cannotDecide(before, after, affected(reading, question.consumers), verdict.reason)
        : broken(before, after, { was, is }, direction, question, verdict.witness);
    }
  }
}

function directionsOf(...modes: readonly Compatibility[]): readonly Direction[] {
  return (['backward', 'forward'] as const).filter((direction) =>
    modes.some((mode) => mode === 'full' || mode === direction),
  );
}

/** Those that do not see what is not declared. */
function generatedConsumers({ consumers }: Contract): readonly Consumer[] {
  return consumers.filter(({ generated }) => generated);
}

function broken(
  before: Contract,
  after: Contract,
  schemas: { was: Schema; is: Schema },
  direction: Direction,
  { meeting, consumers }: Question,
  witness: Json,
): PayloadReport {
  const { was, is } = schemas;
  const back = direction === 'backward';
  const rejecting = back ? is : was;
  const rejection = findCause(rejecting, witness, meeting.consumer) ?? findCause(rejecting, witness, 'hand-written');
  const evidence: Witness = {
    caption: back
      ? 'an event of yesterday that would be dead-lettered tomorrow'
      : `an event of tomorrow that services of ${before.version} would dead-letter`,
    event: redact(witness, (back ? before : after).classification),
    versions: [before.version],
  };
  const common = { consumers: affected(back ? after : before, consumers), witness: evidence };
  if (!rejection) {
    return {
      ...common,
      entry: payloadRules[direction].other,
      at: after.source.locate(['schema']),
      subject: '/schema',
      against: stood(before, ['schema'], `was ${before.version}`),
      message: back
        ? 'Events published before this change are rejected after it.'
        : `Services that still run ${before.version} reject events of the new schema.`,
      hint: hintFor(undefined, direction, after),
    };
  }
  const member = rejection.name === undefined ? rejection.pointer : `${rejection.pointer}/${rejection.name}`;
  const other = nodesAt(back ? was : is, rejection.pointer);
  const declared = rejection.name === undefined ? other.length > 0 : declaredNames(other).has(rejection.name);
  const [owner, remaining] = back ? [after, before] : [before, after];
  const there = locateRejection(owner, rejecting, rejection);
  const otherNode =
    (declared && rejection.name !== undefined ? memberNodes(other, rejection.name)[0] : other[0]) ??
    (back ? was : is).root;
  const here = locate(remaining, otherNode, rejection.name === undefined || declared ? '' : '/required');
  const words = sayOther(rejection, other, declared);
  const victim = back
    ? 'events published before this change are rejected'
    : `services that still run ${before.version} reject such events`;
  return {
    ...common,
    entry: payloadRules[direction][rejection.cause],
    keyword: rejection.keyword,
    at: back ? there : here,
    subject: `/schema${member}`,
    against: back ? { ...here, was: `was ${words}` } : { ...there, was: `was ${sayOwn(rejection)}` },
    message: sayCause(rejection, direction, victim, declared),
    hint:
      meeting.producer === 'hand-written' && !declared && rejection.name === undefined
        ? undeclaredHint(direction, after)
        : hintFor(rejection, direction, after),
  };
}

function sayOwn(rejection: Rejection): string {
  if (rejection.cause === 'closed') return 'forbidden';
  return rejection.name === undefined ? sayOther(rejection, [rejection.node], true) : 'required';
}

function hintFor(rejection: Rejection | undefined, direction: Direction, after: Contract): string {
  const steps = `in three steps: consumers read both forms, producers switch, the old form goes when the topic has forgotten it (${textOf(after.topic.retention)})`;
  if (rejection?.cause === 'required' && direction === 'backward')
    return `give it a default, or make it required ${steps}`;
  if (rejection?.cause === 'required')
    return `keep it required until no service needs it any more: ${after.rollout.text} after the change of the last consumer (\`rollout\`)`;
  if (rejection?.cause === 'values' && direction === 'forward')
    return `publish a version in which consumers know the value, and use it after ${after.rollout.text} (\`rollout\`)`;
  return `keep the old form and add a new field beside it; ${steps}`;
}

function undeclaredHint(direction: Direction, { topic }: Contract): string {
  const why = 'hand-written producers may send anything under a name that the schema does not declare';
  return direction === 'backward'
    ? `${why}: close it with \`additionalProperties: false\`, and declare the field when the topic has forgotten older events (${textOf(topic.retention)})`
    : `${why}: close it with \`additionalProperties: false\` where the field goes`;
}

function cannotDecide(
  before: Contract,
  after: Contract,
  consumers: readonly AffectedConsumer[],
  reason: string,
): PayloadReport {
  return {
    entry: undecided,
    at: after.source.locate(['schema']),
    subject: '/schema',
    against: stood(before, ['schema'], `was ${before.version}`),
    message: `Nobody knows whether this breaks: ${reason}.`,
    consumers,
    hint: 'write the part that is named in simpler terms (`enum` for finite sets, no look-around or back-reference in `pattern`, no `not` around objects), or make a new major',
  };
}

/** The same thing found in two versions, or by consumers of two kinds. */
function together(known: PayloadReport, next: PayloadReport): PayloadReport {
  const hit = [...(known.consumers ?? []), ...(next.consumers ?? [])];
  const consumers = [...new Map(hit.map((each) => [each.consumer, each])).values()];
  if (!known.witness || !next.witness) return { ...known, consumers };
  const versions = [...new Set([...(known.witness.versions ?? []), ...(next.witness.versions ?? [])])];
  return { ...next, consumers, witness: { ...next.witness, versions } };
}

/**
 * Generated consumers that see the place: those that read everything, and those that read what `sees` says. Only a loss
 * is narrowed by `reads`: an event is accepted or rejected as a whole, whatever its reader looks at.
 */
function readersOf(contract: Contract, sees: (read: string) => boolean): readonly Consumer[] {
  return generatedConsumers(contract).filter(({ reads }) => reads.length === 0 || reads.some(sees));
}

/**
 * Accepted is not the same as understood. A field that a consumer itself names is left to `promise/reads-unsatisfied`;
 * what no consumer sees is left to the words.
 */
function* lossReports(
  before: Contract,
  after: Contract,
  changes: readonly DeclarationChange[],
): Iterable<PayloadReport> {
  for (const report of everyLoss(before, after, changes)) {
    if (after.consumers.length === 0 || (report.consumers ?? []).length > 0) yield report;
  }
}

function* everyLoss(before: Contract, after: Contract, changes: readonly DeclarationChange[]): Iterable<PayloadReport> {
  const relied = reliedOn(before);
  for (const { kind, pointer, node, old } of changes) {
    const at = locate(after, node, '');
    const against = {
      ...(old ? locate(before, old, '') : before.source.locate(['schema'])),
      was: kind === 'removed' ? 'was declared' : 'was open',
    };
    const common = { at, subject: `/schema${pointer}` };
    if (kind === 'removed' && !relied.some((other) => touches(pointer, other))) {
      yield {
        ...common,
        against,
        entry: dropped,
        message: `\`${pointer}\` is no longer declared: events that have it are accepted, and handlers no longer see it.`,
        consumers: affected(
          after,
          readersOf(after, (read) => pointer.startsWith(`${read}/`)),
        ),
      };
    } else if (kind === 'map-closed') {
      yield {
        ...common,
        against,
        entry: dropped,
        severity: 'error',
        message: `\`${pointer === '' ? '/' : pointer}\` no longer takes any name: what events have there under undeclared names is dropped, and nobody can list it.`,
        consumers: affected(
          after,
          readersOf(after, (read) => `${pointer}/`.startsWith(`${read}/`)),
        ),
        hint: 'declare the names that are in use, or keep `additionalProperties`',
      };
    } else if (kind === 'default-added') {
      yield {
        ...common,
        against: { ...against, was: 'was without a default' },
        entry: invented,
        message: `\`${pointer}\` now has a default: consumers read it into older events whose producer never said so.`,
        consumers: affected(
          after,
          readersOf(after, (read) => touches(pointer, read)),
        ),
        hint: 'let the handler decide what absence means, or add the default together with a new field',
      };
    }
  }
}

/** A sure field that went and a defaulted one that came, at one place, are likely the same field. */
function* renameReports(
  before: Contract,
  after: Contract,
  changes: readonly DeclarationChange[],
): Iterable<PayloadReport> {
  for (const gone of changes.filter(({ kind, wasSure }) => kind === 'removed' && wasSure)) {
    const parent = gone.pointer.slice(0, gone.pointer.lastIndexOf('/') + 1);
    const isBeside = ({ kind, defaulted, pointer }: DeclarationChange): boolean =>
      kind === 'added' && defaulted && pointer.startsWith(parent) && !pointer.slice(parent.length).includes('/');
    const come = changes.find(isBeside);
    if (!come || !gone.old) continue;
    const readers = readersOf(after, (read) => touches(gone.pointer, read) || touches(come.pointer, read));
    if (after.consumers.length > 0 && readers.length === 0) continue;
    yield {
      entry: renameSuspected,
      at: locate(after, come.node, ''),
      subject: `/schema${come.pointer}`,
      against: { ...locate(before, gone.old, ''), was: `was \`${gone.pointer}\`` },
      message: `\`${gone.pointer}\` is gone and \`${come.pointer}\` has come: if that is a rename, both sides read a default instead of the value.`,
      consumers: affected(after, readers),
      hint: 'in three steps: add the new field beside the old and publish both, let consumers switch, then remove the old one',
    };
  }
}
