import type { Consumer, Contract } from '../../model/contract.ts';
import { type Loss, lossesBetween } from '../../schema/losses.ts';
import { samePayload } from '../effect.ts';
import { affected } from '../places.ts';
import { dropped, invented, renameSuspected } from './catalogue.ts';
import { payloadChanges } from './changes/payload-changes.ts';
import { locate } from './locate-keyword.ts';
import type { PayloadReport } from './payload-report.ts';
import { undecidedReport } from './undecided-report.ts';
import { type DeclarationChange, isDeclaration, reliedOn, touches } from './words.ts';

/**
 * Accepted is not the same as understood. A field that a consumer itself names is left to `promise/reads-unsatisfied`;
 * what no consumer sees is left to the words.
 */
export function* lossReports(before: Contract, after: Contract, budgetMs: number): Iterable<PayloadReport> {
  if (!isRead(after) || before.schema.kind !== 'json' || after.schema.kind !== 'json') return;
  if (samePayload(before, after, false)) return;
  const losses = lossesBetween(before.schema.schema, after.schema.schema, budgetMs);
  if (losses === undefined) yield tooMuchToSee(before, after);
  const relied = reliedOn(before);
  for (const loss of losses ?? []) {
    if (loss.kind === 'dropped' && relied.some((other) => touches(loss.pointer, other))) continue;
    const readers = readersOf(after, seers[loss.kind](loss.pointer));
    if (after.consumers.length > 0 && readers.length === 0) continue;
    yield {
      ...sayLoss(loss),
      at: locate(after, loss.next, ''),
      subject: `/schema${loss.pointer}`,
      against: {
        ...(loss.old ? locate(before, loss.old, '') : before.source.locate(['schema'])),
        was: { dropped: 'was declared', 'map-closed': 'was open', invented: 'was without a default' }[loss.kind],
      },
      consumers: affected(after, readers),
    };
  }
}

function sayLoss({ kind, pointer, told }: Loss): Pick<PayloadReport, 'entry' | 'severity' | 'message' | 'hint'> {
  const place = `\`${pointer === '' ? '/' : pointer}\``;
  if (kind === 'map-closed')
    return {
      entry: dropped,
      severity: 'error',
      message: `${place} no longer takes any name: what events have there under undeclared names is dropped, and nobody can list it.`,
      hint: 'declare the names that are in use, or keep `additionalProperties`',
    };
  if (kind === 'invented')
    return {
      entry: invented,
      message: `${place} now has a default: consumers read it into older events whose producer never said so.`,
      hint: 'let the handler decide what absence means, or add the default together with a new field',
    };
  if (told)
    return {
      entry: dropped,
      severity: 'error',
      message: `${place} told an alternative apart and is no longer declared: events that have it are accepted as if they were of another kind.`,
      hint: 'keep the alternative until its last events are gone, or make a new major',
    };
  return {
    entry: dropped,
    message: `${place} is no longer declared: events that have it are accepted, and handlers no longer see it.`,
  };
}

/** Whether a consumer that reads a field sees what is lost at a place. */
const seers: Readonly<Record<Loss['kind'], (pointer: string) => (read: string) => boolean>> = {
  dropped: (pointer) => (read) => pointer.startsWith(`${read}/`),
  'map-closed': (pointer) => (read) => `${pointer}/`.startsWith(`${read}/`),
  invented: (pointer) => (read) => touches(pointer, read),
};

function tooMuchToSee(before: Contract, after: Contract): PayloadReport {
  return undecidedReport(before, after, {
    message: 'Nobody knows what consumers no longer see: the schemas have too many places to look at.',
    consumers: affected(after),
    hint: 'tell the branches of `anyOf` and `oneOf` apart by a required property with a constant of its own, or make a new major',
  });
}

/** Only generated consumers look past what is not declared; without any, those that may come count. */
function isRead({ consumers }: Contract): boolean {
  return consumers.length === 0 || consumers.some(({ generated }) => generated);
}

/**
 * Generated consumers that see the place: those that read everything, and those that read what `sees` says. Only a loss
 * is narrowed by `reads`: an event is accepted or rejected as a whole, whatever its reader looks at.
 */
function readersOf({ consumers }: Contract, sees: (read: string) => boolean): readonly Consumer[] {
  return consumers.filter(({ generated, reads }) => generated && (reads.length === 0 || reads.some(sees)));
}

/** A sure field that went and a defaulted one that came, at one place, are likely the same field. */
export function* renameReports(before: Contract, after: Contract): Iterable<PayloadReport> {
  if (!isRead(after)) return;
  const changes = payloadChanges(before, after).filter(isDeclaration);
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
