import type { AffectedConsumer, Witness } from '../../diagnostics/finding.ts';
import type { Compatibility, Contract } from '../../model/contract.ts';
import type { Json, Schema } from '../../schema/ast.ts';
import type { Handling } from '../../schema/verdict.ts';
import { samePayload } from '../effect.ts';
import { affected, stood } from '../places.ts';
import type { RetainedVersions } from '../retained-versions.ts';
import type { RuleEntry } from '../rule.ts';
import { sameJson } from '../same-schema.ts';
import { compareAvroPayloads } from './avro-payload.ts';
import { breaksBetween, type Compare } from './breaks.ts';
import { type Direction, payloadRules } from './catalogue.ts';
import { declaredNames, memberNodes, nodesAt } from './conjunction.ts';
import type { Rejection } from './find-cause.ts';
import { hintFor, undeclaredHint } from './hints.ts';
import { likeVersions } from './like-versions.ts';
import { locate, locateRejection } from './locate-keyword.ts';
import { lossReports, renameReports } from './loss-reports.ts';
import { producerOf, type Question, questionsFor } from './meetings.ts';
import type { PayloadReport } from './payload-report.ts';
import { redact } from './redact.ts';
import { sayCause, sayOther } from './say-cause.ts';
import { undecidedReport } from './undecided-report.ts';

export type { Compare };

export interface PayloadOptions {
  readonly compare: Compare;
  /** Work for one pair of schemas before the answer is `unknown`. */
  readonly budgetMs: number;
}

/**
 * Compares the payload of a contract with every version whose events, or whose services, may still be met.
 * The last of them is the baseline that positions refer to. Without `met` services of each of them may run.
 */
export function comparePayload(
  retained: readonly Contract[],
  after: Contract,
  options: PayloadOptions,
  met?: RetainedVersions,
): readonly PayloadReport[] {
  const reports = new Map<string, PayloadReport>();
  const breaking = new Map<string, Contract[]>();
  const baseline = retained.at(-1);
  const producer = producerOf([...retained, after]);
  const directions = baseline ? directionsOf(baseline.compatibility, after.compatibility) : [];
  const mayRun = (version: Contract): boolean => met === undefined || met.mayRun(version);
  for (const versions of likeVersions(retained, mayRun)) {
    const before = versions.at(-1) ?? versions[0];
    if (samePayload(before, after, false)) continue;
    const asked = mayRun(before) ? directions : directions.filter((direction) => direction === 'backward');
    for (const report of comparePair(
      before,
      after,
      { producer, directions: asked, isLast: before === baseline },
      options,
    )) {
      const key = keyOf(report.entry, report.subject, report.keyword);
      const known = reports.get(key);
      const named = breaking.get(key) ?? [];
      reports.set(key, known ? together(known, report, named.includes(before)) : report);
      breaking.set(key, [...named, ...versions]);
    }
  }
  for (const [key, report] of reports) reports.set(key, naming(breaking.get(key) ?? [], report, met));
  // A type that changed breaks both ways; one sentence says so.
  for (const { entry, subject, keyword } of [...reports.values()]) {
    if (entry === payloadRules.backward.type) reports.delete(keyOf(payloadRules.forward.type, subject, keyword));
  }
  if (!baseline) return [...reports.values()];
  return [...reports.values(), ...lossReports(baseline, after, options.budgetMs), ...renameReports(baseline, after)];
}

function keyOf({ id }: RuleEntry, subject?: string, keyword?: string): string {
  return JSON.stringify([id, subject ?? null, keyword ?? null]);
}

/** The versions whose events, or whose services, break, in words too where they are not only the last one. */
function naming(
  versions: readonly Contract[],
  report: PayloadReport,
  met: RetainedVersions | undefined,
): PayloadReport {
  if (report.witness === undefined) return report;
  const isForward = Object.values(payloadRules.forward).some((entry) => entry === report.entry);
  const stillMet = isForward ? met?.sayServicesOf(versions) : met?.sayEventsOf(versions);
  const labels = [...new Set(versions.map(({ version }) => version))];
  return { ...report, witness: { ...report.witness, versions: labels, ...(stillMet ? { stillMet } : {}) } };
}

/** What is asked of one pair. */
interface Asked {
  readonly producer: Handling;
  readonly directions: readonly Direction[];
  /** The older one is the baseline, and none that was replaced before. */
  readonly isLast: boolean;
}

function* comparePair(
  before: Contract,
  after: Contract,
  { producer, directions, isLast }: Asked,
  options: PayloadOptions,
): Iterable<PayloadReport> {
  if (before.schema.kind === 'avro' || after.schema.kind === 'avro') {
    yield* compareAvroPayloads(before, after, directions, options.budgetMs);
    return;
  }
  const [was, is] = [before.schema.schema, after.schema.schema];
  for (const direction of directions) {
    const [emitted, accepted] = direction === 'backward' ? [was, is] : [is, was];
    const reading = direction === 'backward' ? after : before;
    for (const question of questionsFor(producer, reading)) {
      for (const found of breaksBetween(emitted, accepted, question.meeting, options)) {
        yield 'undecided' in found
          ? cannotDecide(before, after, affected(reading, question.consumers), found.undecided)
          : broken(before, after, { was, is, isLast }, direction, question, found);
      }
    }
  }
}

function directionsOf(...modes: readonly Compatibility[]): readonly Direction[] {
  return (['backward', 'forward'] as const).filter((direction) =>
    modes.some((mode) => mode === 'full' || mode === direction),
  );
}

/**
 * Does a change ask anything of earlier versions that was not asked when the last one landed? If the payload is the same,
 * and the same kinds of services read and write it, they were compared then.
 */
export function asksAnew(before: Contract, after: Contract): boolean {
  if (!samePayload(before, after, false)) return true;
  const asked = questionsFor(producerOf([before]), before).map(({ meeting }) => meeting);
  return questionsFor(producerOf([before, after]), after).some(
    ({ meeting }) => !asked.some((known) => sameJson(known, meeting)),
  );
}

function broken(
  before: Contract,
  after: Contract,
  compared: { was: Schema; is: Schema; isLast: boolean },
  direction: Direction,
  { meeting, consumers }: Question,
  { witness, rejection }: { readonly witness: Json; readonly rejection: Rejection | undefined },
): PayloadReport {
  const { was, is, isLast } = compared;
  const back = direction === 'backward';
  const rejecting = back ? is : was;
  const evidence: Witness = {
    caption: back
      ? 'an event of yesterday that would be dead-lettered tomorrow'
      : `an event of tomorrow that services of ${before.version} would dead-letter`,
    event: redact(witness, (back ? before : after).classification),
    versions: [before.version],
  };
  const victims = back
    ? `events ${isLast ? 'published before this change' : `of ${before.version}`} are rejected`
    : `services that still run ${before.version} reject such events`;
  const common = { consumers: affected(back ? after : before, consumers), witness: evidence };
  if (!rejection) {
    return {
      ...common,
      entry: payloadRules[direction].other,
      at: after.source.locate(['schema']),
      subject: '/schema',
      against: stood(before, ['schema'], `was ${before.version}`),
      message: back
        ? `${isLast ? 'Events published before this change' : `Events of ${before.version}`} are rejected after it.`
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
  return {
    ...common,
    entry: payloadRules[direction][rejection.cause],
    keyword: rejection.keyword,
    at: back ? there : here,
    subject: `/schema${member}`,
    against: back ? { ...here, was: `was ${words}` } : { ...there, was: `was ${sayOwn(rejection)}` },
    message: sayCause(rejection, direction, victims, declared),
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

function cannotDecide(
  before: Contract,
  after: Contract,
  consumers: readonly AffectedConsumer[],
  reason: string,
): PayloadReport {
  return undecidedReport(before, after, {
    message: `Nobody knows whether this breaks: ${reason}.`,
    consumers,
    hint: 'write the part that is named in simpler terms (`enum` for finite sets, no look-around or back-reference in `pattern`, no `not` around objects), or make a new major',
  });
}

/** The same thing found in two versions, of which the later one is shown, or by consumers of two kinds. */
function together(known: PayloadReport, next: PayloadReport, isSameVersion: boolean): PayloadReport {
  const hit = [...(known.consumers ?? []), ...(next.consumers ?? [])];
  const shown = isSameVersion && next.witness === undefined ? known : next;
  return { ...shown, consumers: [...new Map(hit.map((each) => [each.consumer, each])).values()] };
}
