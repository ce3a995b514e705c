import type { Random } from '../random.ts';
import { patterns } from '../world.ts';

/** Regular expressions over the letters of the small world. */
export function randomPattern(random: Random): string {
  if (random.chance(0.5)) return random.pick(patterns);
  const start = random.chance(0.5) ? '^' : '';
  return `${start}${alternatives(random, 2)}${random.chance(0.5) ? '$' : ''}`;
}

const atoms = [
  ...['a', 'b', 'c', 'x', '1', '.', '[ab]', '[^a]', '[a-c]', '\\d', '\\w', '\\S', '-', '\\p{Ll}', '😀'],
  ...['(ab)*', '(a|b)+', '(a|bc)*'],
] as const;
const bounds = ['', '', '?', '{2}', '{1,2}', '{0,1}'] as const;
const quantifiers = [...bounds, '*', '+', '{2,}', '*?'] as const;

function alternatives(random: Random, depth: number): string {
  const branches = Array.from({ length: random.chance(0.7) ? 1 : 2 }, () => sequence(random, depth));
  return branches.length === 1 ? (branches[0] ?? '') : branches.join('|');
}

function sequence(random: Random, depth: number): string {
  const parts = Array.from({ length: 1 + random.below(3) }, () => {
    if (depth <= 0 || random.chance(0.75)) {
      const atom = random.pick(atoms);
      return atom.startsWith('(') ? atom : `${atom}${random.pick(quantifiers)}`;
    }
    // Loops inside loops take the judges' backtracking for ever.
    return `(${alternatives(random, depth - 1)})${random.pick(bounds)}`;
  });
  return parts.join('');
}

const letters = ['a', 'b', 'c', 'x', '1', '-', 'é', '😀', 'A', ' '] as const;
const tries = 40;

/** A short string that the expression matches, if chance finds one. */
export function matchingText(random: Random, expressions: readonly RegExp[]): string | undefined {
  for (let left = tries; left > 0; left--) {
    const text = Array.from({ length: random.below(5) }, () => random.pick(letters)).join('');
    if (expressions.every((expression) => expression.test(text))) return text;
  }
  return undefined;
}
