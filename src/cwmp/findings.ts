/** A mistake in a file that a person wrote: what, where, what to do. All of a file's findings are reported in one go. */
export interface Finding {
  readonly file: string;
  /** 1-based; 0 where the finding is about the file as a whole. */
  readonly line: number;
  readonly column: number;
  /** Stable name of the kind of mistake, such as `UNKNOWN_KEY`. */
  readonly code: string;
  readonly message: string;
  /** A warning: it is shown, and the file is used. */
  readonly warning?: true;
}

export function formatFinding(finding: Finding): string {
  const place = finding.line > 0 ? `${finding.file}:${finding.line}:${finding.column}` : finding.file;
  return `${place}: ${finding.warning ? "warning: " : ""}${finding.message} [${finding.code}]`;
}

/** Thrown when a person's files cannot be used; the command line prints every finding and exits with 2. */
export class FindingsError extends Error {
  override readonly name = "FindingsError";
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    super(findings.map(formatFinding).join("\n"));
    this.findings = findings;
  }
}
