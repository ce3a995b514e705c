import { type Context, createContext, Script } from 'node:vm';
import type { Automaton } from './automaton.ts';
import { OutOfBudget } from './budget.ts';
import { NotRegular } from './nfa.ts';
import { patternParts } from './pattern-parts.ts';

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

/** Throws `OutOfBudget` where neither an automaton nor the engine of the language tells in time. */
export function matchesPattern(pattern: string, text: string): boolean {
  if (!mayTakeLong(pattern, text)) return compilePattern(pattern)?.test(text) ?? false;
  return matchesByAutomaton(pattern, text) ?? matchesInTime(pattern, text);
}

/** `matchesPattern` by the engine of the language, for a second opinion that does not rest on our automata. */
export function matchesNatively(pattern: string, text: string): boolean {
  if (!mayTakeLong(pattern, text)) return compilePattern(pattern)?.test(text) ?? false;
  try {
    return matchesInTime(pattern, text);
  } catch (error) {
    const byAutomaton = error instanceof OutOfBudget ? matchesByAutomaton(pattern, text) : undefined;
    if (byAutomaton === undefined) throw error;
    return byAutomaton;
  }
}

/** An engine that goes back and tries again may do so for as many ways as a repeated group has of cutting the text. */
function mayTakeLong(pattern: string, text: string): boolean {
  return text.length > (/\)[*+{]/.test(pattern) ? 8 : 1_000);
}

function matchesByAutomaton(pattern: string, text: string): boolean | undefined {
  const parts = patternParts(pattern);
  if (parts === undefined) return undefined;
  try {
    return parts.every(({ automaton, matches }) => accepts(automaton, text) === matches);
  } catch (error) {
    if (error instanceof NotRegular) return undefined;
    throw error;
  }
}

function accepts(automaton: Automaton, text: string): boolean {
  let state = automaton.start;
  for (const char of text) {
    if (automaton.isSure(state)) return true;
    state = automaton.step(state, char.codePointAt(0) ?? 0);
  }
  return automaton.accepts(state);
}

const call = new Script('test()');
const longestMs = 100;

const task = { test: (): boolean => false };
/** Made when first needed, and once: a context costs a thousand times what most matches do. */
let context: Context | undefined;

/** By pattern and text: the search tries the same few texts on the same few patterns, and a clock costs a thread. */
const answers = new Map<string, boolean>();
const mostAnswers = 10_000;
const longestKept = 500;

function matchesInTime(pattern: string, text: string): boolean {
  const key = `${pattern.length} ${pattern}${text}`;
  const known = answers.get(key);
  if (known !== undefined) return known;
  context ??= createContext(task);
  task.test = () => compilePattern(pattern)?.test(text) ?? false;
  let answer: boolean;
  try {
    answer = call.runInContext(context, { timeout: longestMs }) === true;
  } catch {
    const shown = pattern.length > 60 ? `${pattern.slice(0, 60)}…` : pattern;
    throw new OutOfBudget(`the pattern '${shown}' takes too long to match`);
  }
  if (answers.size === mostAnswers) answers.clear();
  if (key.length <= longestKept) answers.set(key, answer);
  return answer;
}
