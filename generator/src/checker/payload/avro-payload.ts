import type { AgainstPosition, Position } from '../../diagnostics/finding.ts';
import type { Contract } from '../../model/contract.ts';
import {
  type AvroSchema,
  askAvsc,
  compareAvro,
  type Incompatibility,
  type Side,
  typeText,
} from '../../schema/avro/index.ts';
import { affected, stood } from '../places.ts';
import { redactAvro } from './avro-redact.ts';
import { causesOfKinds, hintForAvro, sayIncompatibility, sayLoss, sayOlderSide } from './avro-words.ts';
import { avscRefuses, type Direction, meaningChanged, payloadRules, precisionLost } from './catalogue.ts';
import type { PayloadReport } from './payload-report.ts';
import { undecidedReport } from './undecided-report.ts';

/** Two versions of a contract, and who of them writes for whom. */
interface Meeting {
  readonly before: Contract;
  readonly after: Contract;
  readonly direction: Direction;
  readonly writer: AvroSchema;
  readonly reader: AvroSchema;
}

/**
 * Compares the payloads of two versions of which one at least is in Avro. Generated and hand-written services read
 * Avro the same way: by resolving the schemas.
 */
export function* compareAvroPayloads(
  before: Contract,
  after: Contract,
  directions: readonly Direction[],
  budgetMs: number,
): Iterable<PayloadReport> {
  if (before.schema.kind !== 'avro' || after.schema.kind !== 'avro') {
    // Another encoding is `promise/encoding-changed`; the same one over another kind of schema is nobody else's.
    if (before.encoding === after.encoding && directions.length > 0)
      yield cannotDecide(before, after, 'JSON Schema and Avro are not compared with each other');
    return;
  }
  const [was, is] = [before.schema.schema, after.schema.schema];
  for (const direction of directions) {
    const [writer, reader] = direction === 'backward' ? [was, is] : [is, was];
    yield* compareOneWay({ before, after, direction, writer, reader }, budgetMs);
  }
}

function* compareOneWay(meeting: Meeting, budgetMs: number): Iterable<PayloadReport> {
  const { before, after, direction, writer, reader } = meeting;
  const verdict = compareAvro(writer, reader, { budgetMs });
  if (verdict.verdict === 'unknown') yield cannotDecide(before, after, verdict.reason);
  else if (verdict.verdict === 'incompatible') {
    for (const found of verdict.incompatibilities) yield broken(meeting, found);
  } else {
    for (const loss of verdict.losses) {
      yield {
        ...places(meeting, loss, loss.path, typeText((direction === 'backward' ? loss.writer : loss.reader).type)),
        entry: precisionLost,
        message: `${sayLoss(loss)}.`,
        hint: 'read it as `double` where that is enough, or keep the integer type',
      };
    }
    const avsc = askAvsc(writer, reader);
    if (avsc.says === 'refuses') yield refusedByAvsc(meeting, avsc.because);
  }
}

function broken(meeting: Meeting, found: Incompatibility): PayloadReport {
  const { before, after, direction, writer } = meeting;
  const back = direction === 'backward';
  const cause = causesOfKinds[found.kind];
  const happens = found.readsAs ? 'misread' : 'rejected';
  const victim = back
    ? `events published before this change are ${happens}`
    : `services that still run ${before.version} ${happens === 'misread' ? 'misread' : 'reject'} such events`;
  const caption = back
    ? `an event of yesterday that would be ${found.readsAs ? 'misread' : 'dead-lettered'} tomorrow`
    : `an event of tomorrow that services of ${before.version} would ${found.readsAs ? 'misread' : 'dead-letter'}`;
  return {
    ...places(meeting, found, found.path, sayOlderSide(found, direction)),
    entry: cause === 'meaning' ? meaningChanged : payloadRules[direction][cause],
    message: `${sayIncompatibility(found, direction)}: ${victim}.`,
    ...(found.witness === undefined
      ? {}
      : {
          witness: {
            caption: `${caption}, in the JSON encoding`,
            event: redactAvro(found.witness, writer.root, (back ? before : after).classification),
            versions: [before.version],
          },
        }),
    hint: hintForAvro(found, back ? undefined : before.rollout.text),
  };
}

/** The newer version's place, and what stood at the same place of the older one. */
function places(
  { before, after, direction }: Meeting,
  { writer, reader }: { readonly writer: Side; readonly reader: Side },
  path: string,
  was: string,
): Pick<PayloadReport, 'at' | 'subject' | 'consumers'> & { readonly against: AgainstPosition } {
  const back = direction === 'backward';
  const [now, then] = back ? [reader, writer] : [writer, reader];
  return {
    at: located(after, now),
    subject: `/schema${path}`,
    consumers: affected(back ? after : before),
    against: { ...located(before, then), was: `was ${was}` },
  };
}

function located(contract: Contract, { at }: Side): Position {
  return contract.source.locateSchema({ document: '', pointer: at });
}

function refusedByAvsc({ before, after, direction }: Meeting, because: string): PayloadReport {
  const back = direction === 'backward';
  return {
    entry: avscRefuses,
    at: after.source.locate(['schema']),
    subject: '/schema',
    against: stood(before, ['schema'], `was ${before.version}`),
    message: `The specification lets ${back ? 'the new schema read the old one' : 'the old schema read the new one'}, and avsc, which services on Node read with, does not: ${because}.`,
    consumers: affected(back ? after : before),
    hint: 'keep the namespace, or give the type the other fullname as an alias',
  };
}

function cannotDecide(before: Contract, after: Contract, reason: string): PayloadReport {
  return undecidedReport(before, after, {
    message: `Nobody knows whether this breaks: ${reason}.`,
    consumers: affected(after),
    hint: 'make a new major with a topic of its own, and let consumers move',
  });
}
