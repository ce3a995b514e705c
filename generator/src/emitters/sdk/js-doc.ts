import { commentText } from './js-text.ts';
import type { Doc } from './types/ir.ts';

/**
 * The inside of a JSDoc comment, '' when there is nothing to say. A title that only repeats the name is left out.
 */
export function jsDoc(doc: Doc, name = ''): string {
  const description = commentText(doc.description ?? '');
  const title = commentText(doc.title ?? '');
  const lines: string[] = [];
  if (title !== '' && description === '' && letters(title) !== letters(name)) lines.push(title);
  if (description !== '') lines.push(description);
  if (doc.deprecated === true) lines.push('@deprecated');
  return lines.join('\n');
}

function letters(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
