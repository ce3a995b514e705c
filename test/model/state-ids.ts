/**
 * Numbers for states in the order of their discovery. A state is told apart by 85 bits of a hash of its text: 53 find it,
 * 32 more confirm it. Two states that share the first and not the second are an error, never one state.
 */
export class StateIds {
  readonly #ids = new Map<number, number>();
  readonly #checks: number[] = [];

  of(state: unknown): number {
    const text = JSON.stringify(state);
    let a = 0x9e3779b9;
    let b = 0x41c6ce57;
    let check = 0x811c9dc5;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      a = Math.imul(a ^ code, 0x9e3779b1);
      b = Math.imul(b ^ code, 0x5f356495);
      check = Math.imul(check ^ code, 0x01000193);
    }
    a = mix(a, b);
    b = mix(b, a);
    const key = (b & 0x1fffff) * 0x1_0000_0000 + (a >>> 0);
    const known = this.#ids.get(key);
    if (known === undefined) {
      this.#ids.set(key, this.#checks.length);
      return this.#checks.push(check) - 1;
    }
    if (this.#checks[known] !== check) throw new Error('two states share a hash: change its constants');
    return known;
  }
}

function mix(one: number, other: number): number {
  return Math.imul(one ^ (one >>> 16), 0x85ebca6b) ^ Math.imul(other ^ (other >>> 13), 0xc2b2ae35);
}
