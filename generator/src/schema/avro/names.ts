import { primitiveNames } from './types.ts';

/** Names as the specification wants them: of types, fields and symbols; fullnames are such names with dots between. */
const simple = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function isName(text: string): boolean {
  return simple.test(text);
}

/** The empty namespace is one. */
export function isNamespace(text: string): boolean {
  return text === '' || text.split('.').every(isName);
}

export function isFullname(text: string): boolean {
  return text.split('.').every(isName) && !isPrimitive(text.slice(text.lastIndexOf('.') + 1));
}

export function isPrimitive(name: string): name is (typeof primitiveNames)[number] {
  return (primitiveNames as readonly string[]).includes(name);
}

/** A name with a dot is a fullname already. */
export function fullname(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

export function namespaceOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')));
}
