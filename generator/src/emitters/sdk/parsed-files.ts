import type { OutputFile } from '../../output/output-file.ts';

/**
 * ts-morph parses the files: whatever a contract holds, what is written is TypeScript. A file that is not is a bug of
 * ours, so it is thrown, and the old output stays in place. ts-morph is loaded here only, since it takes longer to load
 * than most workspaces take to generate.
 */
export async function parseAll(files: readonly OutputFile[]): Promise<void> {
  if (files.length === 0) return;
  const { Project, ts } = await import('ts-morph');
  const project = new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true });
  for (const { path, text } of files) project.createSourceFile(`/${path}`, text);
  const [mistake] = project.getProgram().compilerObject.getSyntacticDiagnostics();
  if (mistake !== undefined) {
    const why = ts.flattenDiagnosticMessageText(mistake.messageText, ' ');
    throw new Error(`${mistake.file?.fileName ?? 'a generated file'} is no TypeScript at ${mistake.start}: ${why}`);
  }
}
