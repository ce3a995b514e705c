/** The difference of two texts as people read it in a terminal: hunks with three lines around them. */
const context = 3;
/** Beyond this many cells the changed middle is shown as a whole, out and in. */
const mostCells = 4_000_000;

type Op = { readonly sign: ' ' | '-' | '+'; readonly text: string };

/** '' when the texts are equal. At most `limit` lines, the last then saying how many more there are. */
export function unifiedDiff(before: string, after: string, limit: number): string {
  if (before === after) return '';
  const ops = operations(lines(before), lines(after));
  const out: string[] = [];
  let oldLine = 1;
  let newLine = 1;
  for (let at = 0; at < ops.length; ) {
    const next = ops.findIndex((op, index) => index >= at && op.sign !== ' ');
    if (next === -1) break;
    const start = Math.max(at, next - context);
    oldLine += start - at;
    newLine += start - at;
    let end = next;
    for (let quiet = 0; end < ops.length && quiet <= context * 2; end += 1)
      quiet = ops[end]?.sign === ' ' ? quiet + 1 : 0;
    let tail = end;
    while (tail > next && ops[tail - 1]?.sign === ' ') tail -= 1;
    const hunk = ops.slice(start, Math.min(tail + context, end));
    const olds = hunk.filter((op) => op.sign !== '+').length;
    const news = hunk.filter((op) => op.sign !== '-').length;
    out.push(`@@ -${range(oldLine, olds)} +${range(newLine, news)} @@`);
    for (const op of hunk) out.push(`${op.sign}${op.text}`);
    oldLine += olds;
    newLine += news;
    at = start + hunk.length;
  }
  if (out.length <= limit) return out.join('\n');
  return [...out.slice(0, limit - 1), `… ${out.length - limit + 1} more lines`].join('\n');
}

function range(line: number, count: number): string {
  return count === 1 ? String(line) : `${count === 0 ? line - 1 : line},${count}`;
}

function lines(text: string): readonly string[] {
  if (text === '') return [];
  const all = text.split('\n');
  return all.at(-1) === '' ? all.slice(0, -1) : [...all.slice(0, -1), `${all.at(-1)}\n\\ No newline at end of file`];
}

function operations(before: readonly string[], after: readonly string[]): readonly Op[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const same = (text: string): Op => ({ sign: ' ', text });
  return [
    ...before.slice(0, head).map(same),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

/** By the longest common subsequence. */
function middle(before: readonly string[], after: readonly string[]): readonly Op[] {
  const width = after.length + 1;
  const ops: Op[] = [];
  let [i, j] = [0, 0];
  if (before.length * after.length <= mostCells) {
    const longest = new Uint32Array((before.length + 1) * width);
    const at = (row: number, column: number): number => longest[row * width + column] ?? 0;
    for (let row = before.length - 1; row >= 0; row -= 1) {
      for (let column = after.length - 1; column >= 0; column -= 1) {
        longest[row * width + column] =
          before[row] === after[column]
            ? at(row + 1, column + 1) + 1
            : Math.max(at(row + 1, column), at(row, column + 1));
      }
    }
    while (i < before.length && j < after.length) {
      if (before[i] === after[j]) {
        ops.push({ sign: ' ', text: before[i] ?? '' });
        i += 1;
        j += 1;
      } else if (at(i + 1, j) >= at(i, j + 1)) ops.push({ sign: '-', text: before[i++] ?? '' });
      else ops.push({ sign: '+', text: after[j++] ?? '' });
    }
  }
  for (const text of before.slice(i)) ops.push({ sign: '-', text });
  for (const text of after.slice(j)) ops.push({ sign: '+', text });
  return ops;
}
