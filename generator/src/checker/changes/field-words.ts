import type { FieldPath } from '../../model/contract.ts';
import { sameMeaning } from '../effect.ts';
import { printNumber } from '../quantities.ts';
import type { Change } from './change.ts';

/** A field that moved, and the sentence for it. */
export interface FieldMove {
  readonly kind: Change['kind'];
  readonly path: FieldPath;
  readonly text: string;
}

/** The words for one field of something that has fields, or for a group of them. */
export interface FieldWords<Owner> {
  moves(was: Owner, is: Owner): readonly FieldMove[];
}

/** A field: one sentence from what stood there and what stands there now, with its later owner at hand. */
export function words<Owner, Value>(
  path: FieldPath,
  read: (owner: Owner) => Value,
  say: (was: Value, is: Value, owner: Owner) => string,
): FieldWords<Owner> {
  return {
    moves: (owner, next) => {
      const [was, is] = [read(owner), read(next)];
      return sameMeaning(was, is) ? [] : [{ kind: 'changed', path, text: say(was, is, next) }];
    },
  };
}

/** A group that may be absent: its coming and its going are one sentence each, and between them its fields speak. */
export function part<Owner, Part>(
  path: FieldPath,
  read: (owner: Owner) => Part | undefined,
  sentences: { readonly added: (is: Part) => string; readonly removed: (was: Part) => string },
  fields: readonly FieldWords<Part>[],
): FieldWords<Owner> {
  return {
    moves: (owner, next) => {
      const [was, is] = [read(owner), read(next)];
      if (was === undefined && is === undefined) return [];
      if (was === undefined) return [{ kind: 'added', path, text: sentences.added(is as Part) }];
      if (is === undefined) return [{ kind: 'removed', path, text: sentences.removed(was) }];
      return fields.flatMap((field) => field.moves(was, is));
    },
  };
}

/** A group that is always there. */
export function inside<Owner, Part>(
  read: (owner: Owner) => Part,
  fields: readonly FieldWords<Part>[],
): FieldWords<Owner> {
  return { moves: (was, is) => fields.flatMap((field) => field.moves(read(was), read(is))) };
}

/** A list whose entries come and go: one sentence for those that came, one for those that went. */
export function entries<Owner>(
  path: FieldPath,
  read: (owner: Owner) => readonly string[],
  sentences: {
    readonly added: (entries: readonly string[]) => string;
    readonly removed: (entries: readonly string[]) => string;
  },
): FieldWords<Owner> {
  return {
    moves: (owner, next) => {
      const [was, is] = [read(owner), read(next)];
      const come = is.filter((entry) => !was.includes(entry));
      const gone = was.filter((entry) => !is.includes(entry));
      return [
        ...(come.length > 0 ? [{ kind: 'added', path, text: sentences.added(come) } as const] : []),
        // A path of its own: a finding about what came does not speak of what went.
        ...(gone.length > 0
          ? [{ kind: 'removed', path: [...path, ...gone], text: sentences.removed(gone) } as const]
          : []),
      ];
    },
  };
}

/** `one`, or `other` when the number is not 1: `1 copy`, `2 copies`. */
export function counted(amount: number, one: string, other = `${one}s`): string {
  return `${printNumber(amount)} ${amount === 1 ? one : other}`;
}
