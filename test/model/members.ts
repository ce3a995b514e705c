/** The two members that every model has. */
export type Who = 0 | 1;

export const everyone: readonly Who[] = [0, 1];

export function nameOf(who: Who): string {
  return who === 0 ? 'A' : 'B';
}

export function other(who: Who): Who {
  return who === 0 ? 1 : 0;
}
