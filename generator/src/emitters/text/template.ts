/**
 * Handlebars without logic: a template places the values of its view and repeats over its lists. A view holds nothing
 * but Markdown, numbers and lists of views, so that no raw text reaches a page; a value that is missing is an error.
 */
import Handlebars from 'handlebars';
import type { Markdown } from '../../diagnostics/markdown.ts';

/** What a view may hold; the views in its lists are views again. */
export type ViewValue = Markdown | number | boolean | readonly (Markdown | object)[];

export function template<V extends { readonly [K in keyof V]: ViewValue }>(source: string): (view: V) => string {
  const render = Handlebars.create().compile<V>(source, {
    noEscape: true,
    strict: true,
    knownHelpersOnly: true,
    preventIndent: true,
  });
  // Absent sections leave runs of empty lines behind.
  return (view) =>
    `${render(view)
      .replaceAll(/\n{3,}/g, '\n\n')
      .trim()}\n`;
}
