/**
 * Compiled `pattern`s. With the `u` flag, as the standard asks; without it where an old expression does not compile
 * with it (`\-` outside a class and the like).
 */
const compiled = new Map<string, RegExp | null>();

function make(pattern: string): RegExp | null {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(pattern, flags);
    } catch {
      // Tried again without the flag; then it is no expression at all.
    }
  }
  return null;
}

/** Undefined when the text is no regular expression. */
export function compilePattern(pattern: string): RegExp | undefined {
  let found = compiled.get(pattern);
  if (found === undefined) {
    found = make(pattern);
    if (compiled.size > 2_000) compiled.clear();
    compiled.set(pattern, found);
  }
  return found ?? undefined;
}

export function matchesPattern(pattern: string, text: string): boolean {
  return compilePattern(pattern)?.test(text) ?? false;
}
