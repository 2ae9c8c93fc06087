import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import type pg from 'pg';

/** Personal values that a test puts into a source, and that must be nowhere else than in rows. */
export const planted = {
  name: 'Plantella Ghatak',
  PAN: 'ZZQPX4821K',
  AADHAAR: '8273 9041 5569',
  card: '4929 7316 0284 5513',
  upi: 'plantella.ghatak@okaxis',
  email: 'plantella@planted.example',
  phone: '+91 97531 86420',
} as const;
const values: readonly string[] = Object.values(planted);

/** One text with all of them. */
export const plantedText = `${planted.name}: PAN ${planted.PAN}, ${planted.AADHAAR}, card ${planted.card}, ${planted.upi}, ${planted.email}, ${planted.phone}`;

/** Puts them into texts of a few rows of the generated source. */
export async function plantValues(pool: pg.Pool): Promise<void> {
  const columns = { users: 'city', transactions: 'description', chat_messages: 'text', loans: 'collateral_kind' };
  for (const [table, column] of Object.entries(columns))
    await pool.query(
      `update backend.${table} set ${column} = $1 where source = 'generated' and id in
         (select id from backend.${table} where source = 'generated' order by id limit 5)`,
      [plantedText],
    );
}

/** The planted values that a text holds, also without blanks. */
const leaksIn = (text: string): readonly string[] =>
  values.filter((value) => text.includes(value) || text.includes(value.replaceAll(' ', '')));

const report = (where: string, text: string): string[] => leaksIn(text).map((value) => `${where}: ${value}`);

/** Bytes of payloads as text, whatever they are wrapped in. */
function textOf(part: unknown): string {
  if (part instanceof Uint8Array) return new TextDecoder().decode(part);
  if (typeof part !== 'object' || part === null) return String(part);
  return Object.values(part).map(textOf).join('\n');
}

/** Planted values in histories of workflows whose ids begin so. @returns also how many histories were read. */
export async function leaksInHistories(client: Client, prefix: string) {
  const leaks: string[] = [];
  let read = 0;
  for await (const { workflowId, runId } of client.workflow.list({ query: `WorkflowId STARTS_WITH "${prefix}"` })) {
    leaks.push(...report(workflowId, textOf(await client.workflow.getHandle(workflowId, runId).fetchHistory())));
    read += 1;
  }
  return { leaks, read };
}

/** Planted values in rows of this system's own schemas. */
export async function leaksInTables(pool: pg.Pool, schemas: readonly string[]) {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = any($1)`,
    [schemas],
  );
  const leaks: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query<{ text: string }>(`select t::text as text from ${name} t`);
    leaks.push(...rows.flatMap(({ text }) => report(name, text)));
  }
  return { leaks, read: tables.length };
}

const PARQUET = 'PAR1';

/** Planted values in blobs that are no tables: artefacts, evaluations, cards, reports, manifests. */
export async function leaksInDocuments(artifactUri: string) {
  const folder = fileURLToPath(artifactUri);
  const leaks: string[] = [];
  let read = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    if (bytes.subarray(0, PARQUET.length).toString('latin1') === PARQUET) continue;
    leaks.push(...report(entry.name, bytes.toString('utf8')));
    read += 1;
  }
  return { leaks, read };
}
