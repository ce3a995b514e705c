/** Whether a name falls under a `patternProperties` pattern: `u` first, as the standard wants, else as old schemas write. */
export function patternFits(pattern: string, name: string): boolean {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(pattern, flags).test(name);
    } catch {
      // Not legal under `u`; the loader has made sure that it is without.
    }
  }
  return false;
}
