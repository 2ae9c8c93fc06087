import { z } from 'zod';

/** sha256 in lower-case hex; names each blob in the blob store. */
export const contentHash = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits (sha256)');

/** A model's name: the folder below models/. */
export const modelName = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'expected kebab-case');

/**
 * A line's name: `default` for the backend, else the source (`berka`) or file format (`taiwan`) whose schema it has.
 * Versions, champion, frozen holdout and gates belong to a line.
 */
export const lineName = z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected lower-case letters, digits and dashes');
export const DEFAULT_LINE = 'default';

/** A data source: `generated`, `backend` (the user's own database) or an imported one such as `berka`. */
export const sourceName = z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected lower-case letters, digits and dashes');

/** Sources whose rows have the backend's schema and meaning; they belong to the `default` line. */
export const BACKEND_SOURCES: readonly string[] = ['generated', 'backend'];

export const lineOfSource = (source: string): string => (BACKEND_SOURCES.includes(source) ? DEFAULT_LINE : source);

/** MAJOR.MINOR.PATCH: major = signature, minor = definition or parameters, patch = data. */
export const semanticVersion = z.string().regex(/^\d+\.\d+\.\d+$/, 'expected MAJOR.MINOR.PATCH');

export const stages = ['dev', 'staging', 'production', 'archived'] as const;
export const stage = z.enum(stages);
export type Stage = z.infer<typeof stage>;

export const decisions = ['registered', 'rejected', 'unchanged', 'skipped'] as const;
export const decision = z.enum(decisions);
export type Decision = z.infer<typeof decision>;
