import { z } from 'zod';

/** sha256 in lower-case hex; names each blob in the blob store. */
export const contentHash = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits (sha256)');

/** A model's name: the folder below models/. */
export const modelName = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'expected kebab-case');

/**
 * A line's name: `default` for the user's own backend, `synthetic` for the generated one, else the source (`berka`) or
 * file format (`taiwan`) whose schema it has. Versions, champion, frozen holdout and gates belong to a line.
 */
export const lineName = z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected lower-case letters, digits and dashes');
/** Line of the user's own backend, the only one whose versions answer for real in production. */
export const DEFAULT_LINE = 'default';
/** Line of the generated backend: a rehearsal of `default` that goes beyond staging as a demo only. */
export const SYNTHETIC_LINE = 'synthetic';

/** Lines of a backend, real or generated: the same gates hold, and their versions leave the stage `dev`. */
export const BACKEND_LINES: readonly string[] = [DEFAULT_LINE, SYNTHETIC_LINE];
export const isBackendLine = (line: string): boolean => BACKEND_LINES.includes(line);
export const isSynthetic = (line: string): boolean => line === SYNTHETIC_LINE;

/** Stands wherever a person sees numbers, versions or answers of the generated backend. */
export const SYNTHETIC_REMARK = 'SYNTHETIC DATA';

/** A data source: `generated`, `backend` (the user's own database) or an imported one such as `berka`. */
export const sourceName = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'expected lower-case letters, digits and dashes')
  .refine((name) => !isBackendLine(name), 'the name belongs to the line of a backend; choose another');
/** Name of the source of generated rows. */
export const GENERATED_SOURCE = 'generated';
/** Name of the source that BACKEND_DATABASE_URL points to. */
export const OWN_SOURCE = 'backend';

const backendLines: ReadonlyMap<string, string> = new Map([
  [OWN_SOURCE, DEFAULT_LINE],
  [GENERATED_SOURCE, SYNTHETIC_LINE],
]);

/** The line that a source's snapshots feed; an imported source has a line of its own name. */
export const lineOfSource = (source: string): string => backendLines.get(source) ?? source;

/** The source that feeds a line; lines of files have none, though they have a name too. */
export const sourceOfLine = (line: string): string =>
  [...backendLines].find(([, backendLine]) => backendLine === line)?.[0] ?? line;

/** MAJOR.MINOR.PATCH: major = signature, minor = definition or parameters, patch = data. */
export const semanticVersion = z.string().regex(/^\d+\.\d+\.\d+$/, 'expected MAJOR.MINOR.PATCH');

export const stages = ['dev', 'staging', 'production', 'archived'] as const;
export const stage = z.enum(stages);
export type Stage = z.infer<typeof stage>;

export const decisions = ['registered', 'rejected', 'unchanged', 'skipped'] as const;
export const decision = z.enum(decisions);
export type Decision = z.infer<typeof decision>;
