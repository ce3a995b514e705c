import type { Contract } from '../../model/contract.ts';
import type { Json } from '../../schema/ast.ts';

/** Blacks out what the contract classifies, in a copy. */
export function redact(event: Json, classification: Contract['classification']): Json {
  return classification.reduce((redacted, { pointer, kind }) => {
    const tokens = pointer
      .split('/')
      .slice(1)
      .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
    return replace(redacted, tokens, `[${kind}]`);
  }, event);
}

function replace(value: Json, [first, ...rest]: readonly string[], mark: string): Json {
  if (first === undefined) return mark;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === first ? replace(item, rest, mark) : item));
  const entries = Object.entries(value as { readonly [name: string]: Json });
  return Object.fromEntries(
    entries.map(([name, member]) => [name, name === first ? replace(member, rest, mark) : member]),
  );
}
