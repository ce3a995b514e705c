import type { Json, SchemaNode } from '../../schema/ast.ts';
import { listed, printNumber } from '../quantities.ts';
import { shown } from '../schema-text.ts';
import type { Direction } from './catalogue.ts';
import type { Rejection } from './find-cause.ts';

/** The sentence of a finding, from the keyword that rejects the witness; `victim` ends it: what is rejected by whom. */
export function sayCause(rejection: Rejection, direction: Direction, victim: string, declared: boolean): string {
  const { cause, node, keyword, name, pointer, value } = rejection;
  const place =
    name === undefined
      ? `\`${pointer === '' ? 'the event' : pointer}\``
      : `\`${pointer === '' ? name : `${pointer}/${name}`}\``;
  const subject = pointer === '' && name === undefined ? 'The event' : place;
  const back = direction === 'backward';
  switch (cause) {
    case 'required':
      if (back) return `${place} is ${declared ? 'now required' : 'new and required'}: ${victim}.`;
      return `${place} is no longer ${declared ? 'required' : 'declared'}, and ${victim} when it is missing.`;
    case 'type':
      return back
        ? `${subject} is now ${typesOf(node)} and no longer ${kindOf(value)}: ${victim}.`
        : `${subject} may now be ${kindOf(value)} beside ${typesOf(node)}: ${victim}.`;
    case 'values':
      return back
        ? `${subject} can no longer be ${shown(value)}: ${victim}.`
        : `${subject} can now be ${shown(value)}: ${victim}.`;
    case 'limit':
      return back
        ? `${subject} is now held to ${limitOf(node, keyword)}: ${victim}.`
        : `${subject} is no longer held to ${limitOf(node, keyword)}: ${victim}.`;
    case 'closed':
      return back ? `${subject} is no longer allowed: ${victim}.` : `${subject} is now allowed: ${victim}.`;
    case 'alternative':
      return back
        ? `${subject} no longer fits any alternative of \`${keyword}\`: ${victim}.`
        : `${subject} has a new alternative: ${victim}.`;
    case 'other':
      return `${subject} is ${back ? 'now' : 'no longer'} excluded by \`${keyword}\`: ${victim}.`;
  }
}

/** What the other side says in the place of the keyword that rejects, in a few words. */
export function sayOther(rejection: Rejection, other: readonly SchemaNode[], declared: boolean): string {
  const { cause, keyword, name } = rejection;
  if (name !== undefined) return declared ? 'optional' : 'not declared';
  if (other.length === 0) return 'not declared';
  if (cause === 'type') {
    const types = other.flatMap((node) => (node.types ? [typesOf(node)] : []));
    return types[0] ?? 'any type';
  }
  if (cause === 'values') {
    const values = other.find((node) => node.enum)?.enum;
    return values ? `${printNumber(values.length)} value${values.length === 1 ? '' : 's'}` : 'any value';
  }
  if (cause === 'limit') {
    const node = other.find((candidate) => candidate[keyword as keyof SchemaNode] !== undefined);
    return node ? limitOf(node, keyword) : `without \`${keyword}\``;
  }
  if (cause === 'alternative') {
    const branches = other.find((node) => node.anyOf ?? node.oneOf);
    const amount = (branches?.anyOf ?? branches?.oneOf)?.length;
    return amount === undefined ? 'without alternatives' : `${amount} alternative${amount === 1 ? '' : 's'}`;
  }
  return 'allowed';
}

export function typesOf(node: SchemaNode): string {
  const types = node.types ?? [];
  return types.length === 0 ? 'any type' : listed(types.map(withArticle)).replace(/ and ([^ ]+ ?[^ ]*)$/, ' or $1');
}

function kindOf(value: Json | undefined): string {
  if (value === undefined) return 'absent';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return withArticle(typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value);
}

function withArticle(type: string): string {
  if (type === 'null') return 'null';
  return /^[aio]/.test(type) ? `an ${type}` : `a ${type}`;
}

function limitOf(node: SchemaNode, keyword: string): string {
  const value: unknown = node[keyword as keyof SchemaNode];
  const plain = typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean';
  return `\`${keyword}${plain ? `: ${value}` : ''}\``;
}
