import { type Incompatibility, type IncompatibilityKind, type Loss, typeText } from '../../schema/avro/index.ts';
import { listed } from '../quantities.ts';
import type { Cause, Direction } from './catalogue.ts';

/** Which rule an incompatibility of Avro schemas belongs to; `meaning`: the value arrives as another one. */
export const causesOfKinds: Readonly<Record<IncompatibilityKind, Cause | 'meaning'>> = {
  'name-mismatch': 'type',
  'fixed-size-mismatch': 'type',
  'missing-enum-symbols': 'values',
  'reader-field-missing-default-value': 'required',
  'type-mismatch': 'type',
  'missing-union-branch': 'alternative',
  'ambiguous-field-alias': 'other',
  'decimal-mismatch': 'meaning',
  'logical-type-mismatch': 'meaning',
};

/** `/status`; the value as a whole has no pointer. */
function placeOf(path: string): string {
  return path === '' ? 'The event' : `\`${path}\``;
}

/** What goes wrong at the place, without its full stop. `forward`: the older schema is the reader. */
export function sayIncompatibility(found: Incompatibility, direction: Direction): string {
  const { kind, path, writer, reader, field, symbols = [], readsAs } = found;
  const place = placeOf(path);
  const [written, read] = [typeText(writer.type), typeText(reader.type)];
  const both = `${place} is written as ${written} and read as ${read}`;
  switch (kind) {
    case 'type-mismatch':
    case 'fixed-size-mismatch':
      return both;
    case 'name-mismatch':
      return `${both}, which is another name`;
    case 'missing-enum-symbols':
      return `${place} may be written as ${listed(symbols.slice(0, 5).map((symbol) => `\`${symbol}\``))}, which the reader's ${read} does not know`;
    case 'missing-union-branch':
      return `${place} may be written as ${written}, and the reader's ${read} has no branch for it`;
    case 'reader-field-missing-default-value':
      return direction === 'backward'
        ? `${place} is new and has no default`
        : `${place} is no longer written, and has no default where it is read`;
    case 'ambiguous-field-alias': {
      const aliases = (field?.aliases ?? []).map((alias) => `\`${alias}\``);
      return `${place} could be read from more than one field that is written, because of its aliases (${listed(aliases)})`;
    }
    case 'decimal-mismatch':
    case 'logical-type-mismatch':
      return readsAs
        ? `${both}, so that ${readsAs.written} comes out as ${readsAs.read}`
        : `${both}, and decimals that differ do not match`;
  }
}

/** What stood on the older side, in a few words. */
export function sayOlderSide({ kind, writer, reader }: Incompatibility, direction: Direction): string {
  const back = direction === 'backward';
  if (kind === 'reader-field-missing-default-value') return back ? 'not written' : 'without a default';
  if (kind === 'missing-enum-symbols') return back ? 'one of its symbols' : 'without it';
  return typeText(back ? writer.type : reader.type);
}

/** The way out. `rollout`: how long readers of the older schema still run, where they are the ones that fail. */
export function hintForAvro({ kind, writer }: Incompatibility, rollout?: string): string {
  const later = rollout === undefined ? '' : `, and write the change ${rollout} after that (\`rollout\`)`;
  switch (kind) {
    case 'reader-field-missing-default-value':
      return rollout === undefined
        ? 'give the field a `default`'
        : `first publish a version in which the field has a \`default\`${later}`;
    case 'missing-enum-symbols':
      return `let the reader's enum have the symbol, or a \`default\` for what it does not know${later}`;
    case 'missing-union-branch':
      return `let every reader have the branch first${later}`;
    case 'name-mismatch':
      return `keep the name, or give the reader's type the alias \`${'name' in writer.type ? writer.type.name : ''}\`${later}`;
    case 'ambiguous-field-alias':
      return 'take the alias away, or stop writing one of the fields first';
    case 'type-mismatch':
      return 'keep the type, or add a field with the new one beside it: in place only int → long → float → double and string ↔ bytes can be read';
    case 'fixed-size-mismatch':
    case 'decimal-mismatch':
    case 'logical-type-mismatch':
      return 'keep the type, or add a field with the new one beside it';
  }
}

export function sayLoss({ path, writer, reader }: Loss): string {
  const most = reader.type.kind === 'float' ? '16,777,216' : '9,007,199,254,740,992';
  return `${placeOf(path)} is written as ${typeText(writer.type)} and read as ${typeText(reader.type)}: integers beyond ${most} come out rounded`;
}
