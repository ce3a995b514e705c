import type { Json, JsonObject, Schema, SchemaPlace } from '../schema/ast.ts';

/** What is written at a place of a schema; undefined when nothing is. */
export function writtenAt(schema: Schema, { document, pointer }: SchemaPlace): Json | undefined {
  let current: Json | undefined = document === '' ? schema.raw : schema.documents.get(document);
  for (const token of pointer === '' ? [] : pointer.slice(1).split('/')) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(current)) current = current[Number(name)];
    else if (isObject(current) && Object.hasOwn(current, name)) current = current[name];
    else return undefined;
  }
  return current;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value of an event or a schema in a sentence, cut where it is long. */
export function shown(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? 'absent';
  return `\`${text.length > 60 ? `${text.slice(0, 59)}…` : text}\``;
}

/** ` of \`revision\`` when the place is that of a property. */
export function ofProperty(pointer: string): string {
  const name = /\/properties\/([^/]+)$/.exec(pointer)?.[1];
  return name === undefined ? '' : ` of \`${name.replaceAll('~1', '/').replaceAll('~0', '~')}\``;
}

/** The default at a place, as it is written. */
export function writtenDefault(schema: Schema, at: SchemaPlace): Json | undefined {
  const written = writtenAt(schema, at);
  return isObject(written) && Object.hasOwn(written, 'default') ? written.default : undefined;
}
