/** What the command line says. */
export interface CheckBackendOptions {
  readonly config?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly only?: string;
  readonly verbose?: boolean;
}
