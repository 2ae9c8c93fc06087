import { z } from 'zod';

/** What a run does about a change of the source's columns since the snapshot before. */
export const schemaReactions = ['ignore', 'warn', 'fail'] as const;
const reaction = z.enum(schemaReactions);

/** Reactions by kind of change. */
export const schemaReaction = z.strictObject({ added: reaction, dropped: reaction, retyped: reaction });
export type SchemaReaction = z.infer<typeof schemaReaction>;

/** Columns of a table in the source as PostgreSQL names them, also those that are not read. */
export const sourceColumns = z.array(z.strictObject({ name: z.string(), type: z.string() }));
export type SourceColumns = z.infer<typeof sourceColumns>;
