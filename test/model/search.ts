/**
 * Breadth-first search over every interleaving of a model. A state is kept as a hash of its text, with the step that led
 * to it first, so that what is found is found by a shortest trace.
 */
import { StateIds } from './state-ids.ts';

export interface Step<S> {
  /** What happens, as a line of a trace. */
  readonly name: string;
  /** Something went wrong that need not go wrong: progress may not lean on it. */
  readonly fault: boolean;
  readonly next: S;
}

export interface Model<S> {
  readonly initial: S;
  /** Everything that can happen next. The order is part of the model: it decides between traces of one length. */
  steps(state: S): readonly Step<S>[];
  /** What the state breaks; `undefined`: nothing. */
  broken(state: S): Violation | undefined;
  /** Everything is settled; every state must have a way here that leans on no fault. */
  atRest(state: S): boolean;
}

export interface Violation {
  /** I1 to I6 of docs/guarantees.md, or `progress`. */
  readonly invariant: string;
  readonly why: string;
}

export interface Found extends Violation {
  readonly trace: readonly string[];
}

export interface Outcome {
  readonly states: number;
  readonly steps: number;
  /** Length of the longest of the shortest traces. */
  readonly depth: number;
  /** Without it, every reachable state holds every invariant, and from each of them rest can be reached without faults. */
  readonly found: Found | undefined;
}

/** Throws when there are more states than `limit`: a search that was cut off proves nothing. */
export function search<S>(model: Model<S>, limit = 5_000_000): Outcome {
  const graph = new Graph();
  let level: S[] = [model.initial];
  graph.add(model.initial, -1, '');
  let from = 0;
  let depth = 0;
  const first = model.broken(model.initial);
  if (first !== undefined) return { ...graph.counts(), depth, found: { ...first, trace: [] } };
  while (level.length > 0) {
    const following: S[] = [];
    for (const state of level) {
      if (model.atRest(state)) graph.rest(from);
      for (const { name, fault, next } of model.steps(state)) {
        const known = graph.size;
        const to = graph.add(next, from, name);
        graph.edge(from, to, fault);
        if (to < known) continue;
        const violation = model.broken(next);
        if (violation !== undefined) {
          return { ...graph.counts(), depth: depth + 1, found: { ...violation, trace: graph.trace(to) } };
        }
        following.push(next);
      }
      from += 1;
      if (graph.size > limit) throw new Error(`more than ${limit} states: the instance is too large`);
    }
    level = following;
    if (level.length > 0) depth += 1;
  }
  const stuck = graph.firstWithoutRest();
  const found =
    stuck === undefined
      ? undefined
      : {
          invariant: 'progress',
          why: 'from here on nothing leads to rest, even if nothing more goes wrong',
          trace: graph.trace(stuck),
        };
  return { ...graph.counts(), depth, found };
}

/** The states that were reached, by number in the order of their discovery, and the steps between them. */
class Graph {
  readonly #ids = new StateIds();
  readonly #parents: number[] = [];
  readonly #names: string[] = [];
  readonly #resting: number[] = [];
  /** Steps without faults, from and to, in pairs. */
  #edges = new Int32Array(1 << 16);
  #used = 0;
  #steps = 0;

  get size(): number {
    return this.#parents.length;
  }

  counts(): { readonly states: number; readonly steps: number } {
    return { states: this.size, steps: this.#steps };
  }

  /** The number of the state; it is new when it was the size before. */
  add(state: unknown, parent: number, name: string): number {
    const id = this.#ids.of(state);
    if (id < this.size) return id;
    this.#parents.push(parent);
    this.#names.push(name);
    return id;
  }

  edge(from: number, to: number, fault: boolean): void {
    this.#steps += 1;
    if (fault) return;
    if (this.#used + 2 > this.#edges.length) {
      const larger = new Int32Array(this.#edges.length * 2);
      larger.set(this.#edges);
      this.#edges = larger;
    }
    this.#edges[this.#used] = from;
    this.#edges[this.#used + 1] = to;
    this.#used += 2;
  }

  rest(id: number): void {
    this.#resting.push(id);
  }

  trace(id: number): string[] {
    const names: string[] = [];
    for (let at = id; at > 0; at = this.#parents[at] ?? 0) names.push(this.#names[at] ?? '');
    return names.reverse();
  }

  /** The first state from which no rest is reached without faults: backwards from rest, what is not met is stuck. */
  firstWithoutRest(): number | undefined {
    const edges = this.#edges.subarray(0, this.#used);
    const starts = new Int32Array(this.size + 1);
    for (let i = 1; i < edges.length; i += 2) starts[(edges[i] ?? 0) + 1] = (starts[(edges[i] ?? 0) + 1] ?? 0) + 1;
    for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0);
    const sources = new Int32Array(edges.length / 2);
    const filled = starts.slice();
    for (let i = 0; i < edges.length; i += 2) {
      const to = edges[i + 1] ?? 0;
      const at = filled[to] ?? 0;
      sources[at] = edges[i] ?? 0;
      filled[to] = at + 1;
    }
    const met = new Uint8Array(this.size);
    const open = [...this.#resting];
    for (const id of open) met[id] = 1;
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      for (let i = starts[id] ?? 0; i < (starts[id + 1] ?? 0); i++) {
        const source = sources[i] ?? 0;
        if (met[source] === 1) continue;
        met[source] = 1;
        open.push(source);
      }
    }
    const stuck = met.indexOf(0);
    return stuck === -1 ? undefined : stuck;
  }
}
