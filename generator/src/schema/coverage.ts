import type { SchemaNode } from './ast.ts';
import { type Alternative, anything, type Literal, nowhere } from './literals.ts';
import { inPlace } from './progress.ts';

/**
 * `unevaluatedProperties` and `unevaluatedItems` taken apart: which members the subschemas beside have looked at depends
 * on which of those held, so every combination that can hold becomes one scenario with a fixed coverage, and in it the
 * keyword is an ordinary one.
 */
export interface Coverage {
  readonly all: boolean;
  readonly names: ReadonlySet<string>;
  readonly patterns: ReadonlySet<string>;
  readonly upTo: number;
  readonly contains: readonly SchemaNode[];
}

export interface Scenario {
  readonly holds: readonly SchemaNode[];
  readonly fails: readonly SchemaNode[];
  readonly covers: Coverage;
}

type Kind = 'object' | 'array';

const maxScenarios = 512;

const nothing: Coverage = { all: false, names: new Set(), patterns: new Set(), upTo: 0, contains: [] };
const everything: Coverage = { ...nothing, all: true };
const plain: Scenario = { holds: [], fails: [], covers: nothing };

function both(a: Coverage, b: Coverage): Coverage {
  if (b === nothing || a.all) return a;
  if (a === nothing || b.all) return b;
  return {
    all: false,
    names: new Set([...a.names, ...b.names]),
    patterns: new Set([...a.patterns, ...b.patterns]),
    upTo: Math.max(a.upTo, b.upTo),
    contains: [...a.contains, ...b.contains],
  };
}

function own(node: SchemaNode, kind: Kind): Coverage {
  if (kind === 'object') {
    if (node.additionalProperties !== undefined) return everything;
    if (node.properties === undefined && node.patternProperties === undefined) return nothing;
    return {
      ...nothing,
      names: new Set(node.properties?.keys() ?? []),
      patterns: new Set(node.patternProperties?.keys() ?? []),
    };
  }
  if (node.items !== undefined) return everything;
  const contains = node.contains !== undefined && node.containsEvaluates === true ? [node.contains] : [];
  const upTo = node.prefixItems?.length ?? 0;
  return upTo === 0 && contains.length === 0 ? nothing : { ...nothing, upTo, contains };
}

const unevaluated = (node: SchemaNode, kind: Kind): SchemaNode | undefined =>
  kind === 'object' ? node.unevaluatedProperties : node.unevaluatedItems;

function mayCover(node: SchemaNode, kind: Kind): boolean {
  if (unevaluated(node, kind) !== undefined || own(node, kind) !== nothing) return true;
  for (const child of inPlace(node)) if (child !== node.not && mayCover(child, kind)) return true;
  return false;
}

/** More combinations than are worth trying. */
export class TooManyScenarios extends Error {}

function cross(left: readonly Scenario[], right: readonly Scenario[]): readonly Scenario[] {
  if (right.length === 1 && right[0] === plain) return left;
  if (left.length * right.length > maxScenarios) throw new TooManyScenarios();
  return left.flatMap((a) =>
    right.map((b) => ({
      holds: [...a.holds, ...b.holds],
      fails: [...a.fails, ...b.fails],
      covers: both(a.covers, b.covers),
    })),
  );
}

/** The ways in which a node that holds covers members; its own `unevaluated…` covers all that is left. */
function scenariosOfHolding(node: SchemaNode, kind: Kind): readonly Scenario[] {
  if (unevaluated(node, kind) !== undefined) return [{ ...plain, covers: everything }];
  return scenarios(node, kind);
}

const when = (node: SchemaNode, kind: Kind): readonly Scenario[] =>
  scenariosOfHolding(node, kind).map((scenario) => ({ ...scenario, holds: [node, ...scenario.holds] }));

function scenarios(node: SchemaNode, kind: Kind): readonly Scenario[] {
  let all: readonly Scenario[] = [{ ...plain, covers: own(node, kind) }];
  const add = (more: readonly Scenario[]): void => {
    all = cross(all, more);
  };
  for (const child of [...(node.ref === undefined ? [] : [node.ref]), ...(node.allOf ?? [])]) {
    if (mayCover(child, kind)) add(scenariosOfHolding(child, kind));
  }
  for (const child of node.anyOf ?? []) {
    // That one of them holds, the node itself says.
    if (mayCover(child, kind)) add([{ ...plain, fails: [child] }, ...when(child, kind)]);
  }
  if (node.oneOf?.some((child) => mayCover(child, kind)) === true) {
    add(node.oneOf.flatMap((child) => when(child, kind)));
  }
  if (node.if !== undefined) {
    const branches = [node.if, node.then, node.else].filter((branch) => branch !== undefined);
    if (branches.some((branch) => mayCover(branch, kind))) {
      const then = node.then === undefined ? [plain] : scenariosOfHolding(node.then, kind);
      const otherwise = node.else === undefined ? [plain] : scenariosOfHolding(node.else, kind);
      add([...cross(when(node.if, kind), then), ...cross([{ ...plain, fails: [node.if] }], otherwise)]);
    }
  }
  if (kind === 'object') {
    for (const [name, child] of node.dependentSchemas ?? []) {
      if (!mayCover(child, kind)) continue;
      const present: SchemaNode = { at: nowhere, required: [name] };
      add([
        { ...plain, fails: [present] },
        ...cross([{ ...plain, holds: [present] }], scenariosOfHolding(child, kind)),
      ]);
    }
  }
  return all;
}

const schemasOf = (nodes: readonly SchemaNode[]): Pick<Alternative, 'holds'> => ({ holds: nodes });

/** The scenarios in which everything that is left over is valid under `unevaluated…`. */
export function leftOverHolds(node: SchemaNode, kind: Kind): readonly Alternative[] | undefined {
  const rest = unevaluated(node, kind);
  if (rest === undefined) return undefined;
  return scenarios(node, kind).map(({ holds, fails, covers }) => ({
    ...schemasOf(holds),
    fails,
    literals: covers.all ? [] : [leftOver(covers, rest, kind)],
  }));
}

/** The scenarios in which something is left over that is not valid under `unevaluated…`. */
export function leftOverFails(node: SchemaNode, kind: Kind): readonly Alternative[] {
  const rest = unevaluated(node, kind);
  if (rest === undefined) return [];
  return scenarios(node, kind)
    .filter(({ covers }) => !covers.all)
    .map(({ holds, fails, covers }) => ({ ...schemasOf(holds), fails, literals: [someLeftOver(covers, rest, kind)] }));
}

function itemRest(covers: Coverage, rest: SchemaNode): SchemaNode {
  return covers.contains.length === 0 ? rest : { at: nowhere, anyOf: [rest, ...covers.contains] };
}

function leftOver(covers: Coverage, rest: SchemaNode, kind: Kind): Literal {
  if (kind === 'array') {
    return { kind: 'items', slots: new Array(covers.upTo).fill(undefined), rest: itemRest(covers, rest) };
  }
  const pairs = (keys: ReadonlySet<string>) => new Map([...keys].map((key) => [key, undefined] as const));
  return { kind: 'members', group: { names: pairs(covers.names), patterns: pairs(covers.patterns), others: rest } };
}

function someLeftOver(covers: Coverage, rest: SchemaNode, kind: Kind): Literal {
  if (kind === 'array') {
    const node = itemRest(covers, rest);
    return { kind: 'count', from: covers.upTo, node, holds: false, min: 1, max: Number.POSITIVE_INFINITY };
  }
  return {
    kind: 'some',
    except: covers.names,
    like: [],
    unlike: [...covers.patterns],
    name: { holds: [anything], fails: [] },
    demand: { holds: [], fails: [rest] },
  };
}
