import type { PointerAnswer } from './schema-pointer.ts';

/** How many names a hint lists before it stops. */
const most = 8;

/** A hint that lists what stands where a pointer looked for something else. */
export function declaredInstead(answer: PointerAnswer): { hint?: string } {
  if (answer.declared || answer.instead.length === 0) return {};
  const shown = answer.instead.slice(0, most).map((name) => `\`${name}\``);
  const rest = answer.instead.length - shown.length;
  return { hint: `declared there: ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}` };
}
