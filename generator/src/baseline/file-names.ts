/** The name of a file below a folder. Hidden files and `node_modules` are not part of a workspace. */
export function nameBelow(folder: string, path: string): string | undefined {
  const prefix = folder === '' ? '' : `${folder}/`;
  if (!path.startsWith(prefix)) return undefined;
  const name = path.slice(prefix.length);
  return name.split('/').some((part) => part.startsWith('.') || part === 'node_modules') ? undefined : name;
}
