// Follows every link of a set of pages as a reader's browser would: the file must be there, and the heading in it.

/** GitHub's anchors of a page's headings. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutCode(page).matchAll(/^#{1,6} (.+)$/gm)) {
    const plain = heading.replaceAll(/\\(.)/g, '$1').toLowerCase();
    const slug = plain.replaceAll(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, '').replaceAll(' ', '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    anchors.add(times === 0 ? slug : `${slug}-${times}`);
  }
  return anchors;
}

function withoutCode(page: string): string {
  return page.replaceAll(/^(`{3,}).*\n[\s\S]*?^\1$/gm, '');
}

/** Links that lead nowhere, as `page -> target`. */
export function brokenLinks(files: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(files)
    .filter(([path]) => path.endsWith('.md'))
    .flatMap(([path, page]) =>
      [...withoutCode(page).matchAll(/(?<!\\)\]\(([^)\s]*)\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !leads(files, path, target))
        .map((target) => `${path} -> ${target}`),
    );
}

function leads(files: Readonly<Record<string, string>>, from: string, target: string): boolean {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? from : new URL(file, `file:///${from}`).pathname.slice(1);
  if (path.endsWith('/')) return Object.keys(files).some((name) => name.startsWith(path));
  const page = files[path];
  return page !== undefined && (anchor === undefined || anchorsOf(page).has(anchor));
}
