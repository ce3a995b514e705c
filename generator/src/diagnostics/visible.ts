/**
 * Text of users made fit for a terminal and the log of a build: what would move a cursor, change colours, turn the
 * direction or hide in a name becomes a dot, and so does the beginning of what GitHub's runner obeys anywhere in a line
 * (`##[`). A tab becomes one space, so that columns can be counted. The joiners stay: scripts and emoji need them. What
 * is no character, such as half of a pair, is replaced too: XML and UTF-8 have no way to write it.
 */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\t', ' ')
    .replaceAll('##[', '#·[')
    .replace(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Noncharacter_Code_Point}\u2028\u2029]/gu, '·');
}

/** Columns that a terminal gives to the text: wide characters take two, marks that combine take none. */
export function columns(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mn}|\p{Me}|[\u200b-\u200d]/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

/**
 * Broken at spaces to lines of at most `width` columns; a word that is longer stays whole. No line is made to begin
 * with `::`, which GitHub's runner would take for a command.
 */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && !word.startsWith('::') && columns(line) + 1 + columns(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
