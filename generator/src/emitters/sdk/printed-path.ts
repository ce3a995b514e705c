/**
 * A path of the contracts as generated files name it: below the last segment of the contracts folder, so that the same
 * contracts give the same bytes wherever they lie and however the folder was typed.
 */
export function printedPath(path: string, label: string): string {
  const root = label.replace(/\/+$/, '');
  const name = root.split('/').at(-1) ?? '';
  return path.startsWith(`${root}/`)
    ? `${name === '' || name === '.' ? 'contracts' : name}${path.slice(root.length)}`
    : path;
}
