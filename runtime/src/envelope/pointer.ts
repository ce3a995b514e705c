/** JSON pointers compiled once, at start, into functions that read a value. */
export type Read = (value: unknown) => unknown;

/** Decoded reference tokens of an RFC 6901 pointer; `''` is the whole value. */
export function pointerTokens(pointer: string): readonly string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Reads own members only: a payload can never reach a prototype. Answers `undefined` where nothing stands. */
export function compilePointer(pointer: string): Read {
  const tokens = pointerTokens(pointer);
  const [only] = tokens;
  if (tokens.length === 1 && only !== undefined) return (value) => member(value, only);
  return (value) => {
    let at = value;
    for (const token of tokens) {
      at = member(at, token);
      if (at === undefined) return undefined;
    }
    return at;
  };
}

function member(value: unknown, token: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, token) ? (value as Readonly<Record<string, unknown>>)[token] : undefined;
}

/** Every value under a pointer in which `*` stands for each item or member. */
export function valuesAt(value: unknown, pointer: string): readonly unknown[] {
  let found: unknown[] = [value];
  for (const token of pointerTokens(pointer)) {
    found = found.flatMap((at) => {
      if (typeof at !== 'object' || at === null) return [];
      if (token === '*') return Object.values(at);
      const next = member(at, token);
      return next === undefined ? [] : [next];
    });
  }
  return found;
}
