import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lineOfSource } from '../../contracts/ids.js';
import { backendTables, type BackendTable } from '../../contracts/backend.js';
import { extractTable } from '../../datasets/snapshots/extract.js';
import { storeDataset } from '../../datasets/snapshots/dataset-store.js';
import { putJsonBlob } from '../../datasets/snapshots/json-blob.js';
import { commitSnapshot, loadSnapshotTables } from '../../datasets/snapshots/snapshot-store.js';
import { generateBackend } from '../../datasets/sources/backend/generator/index.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';
import { freezeHoldout } from '../../learning/evaluation/split/index.js';
import { selectRows, textColumn } from '../../learning/table.js';
import { findModel } from '../../models/catalogue.js';
import { readConfig } from '../../platform/config/config.js';
import type { Endpoints } from '../../platform/embedded/endpoints.js';
import { storeArtefact } from '../../registry/artefacts.js';
import type { CliContext, Connection } from '../../cli/program/context.js';
import { labelEntities, reviewEntities } from '../../cli/views/entities-view.js';
import { labelMessages, reviewMessages } from '../../cli/views/intents-view.js';
import { createOutput } from '../../cli/output/output.js';
import { connectServices, type Services } from '../../composition/services.js';
import { annotationSql } from '../../labelling/span-labels/annotation-sql.js';
import { trainContext } from '../support/check-model.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { quietLogger } from '../support/test-platform.js';

const SOURCE = 'generated';
const INTENTS = 'intent-classifier';
/** An emoji before, inside and after: two code units each, one character each for PostgreSQL. */
const EMOJI_TEXT = "🙂🙂 pay ₹500 to O'Brien 🙂 Café\nnow";

let database: TestDatabase;
let folder: string;
let services: Services;
let endpoints: Endpoints;
let snapshots = 0;

/** A context whose output is collected as one JSON document. */
function commandLine(settings: Readonly<Record<string, string>> = {}) {
  const said: string[] = [];
  const stream = { isTTY: false, write: (text: string) => Boolean(said.push(text)) };
  const out = createOutput(
    { stdout: stream, stderr: { ...stream, write: () => true } },
    {
      json: true,
      verbose: false,
      terminal: { NO_COLOR: '1' },
    },
  );
  const cli: CliContext = {
    config: readConfig({ ML_HOME: folder, ML_CACHE: folder, ...settings }, folder),
    out,
    // The commands of this file do not use Temporal.
    connect: () => Promise.resolve({ services, endpoints } as Connection),
    exitWith: () => undefined,
  };
  return { cli, answer: () => JSON.parse(said.join('')) as Record<string, unknown> };
}

/** The tables as a run that starts now reads them. */
async function snapshotOf(tables: readonly BackendTable[]) {
  const { backendPool: pool, blobs, snapshotLog: log } = services;
  // Labels are stamped with the database's clock, and a snapshot holds only facts before its moment.
  const { rows } = await pool.query<{ soon: Date }>(`select now() + interval '1 second' as soon`);
  const asOf = rows[0]!.soon.getTime();
  const signal = new AbortController().signal;
  const extracted = [];
  for (const name of backendTables)
    extracted.push(
      await extractTable({ pool, blobs, spec: tableSpecs[name], source: SOURCE, asOf, chunkRows: 5000, signal }),
    );
  const runKey = `labels-${++snapshots}`;
  const ref = await commitSnapshot({
    blobs,
    log,
    runKey,
    source: SOURCE,
    asOf,
    codeVersion: 'test',
    tables: extracted,
  });
  return {
    tables: await loadSnapshotTables(blobs, ref.hash, { tables: [...tables] }),
    moment: { asOf, source: SOURCE },
  };
}

/** Trains the intent classifier on the labelled messages and puts it into staging. */
async function stageIntents(): Promise<void> {
  const { registry, blobs } = services;
  const model = await findModel(INTENTS);
  const { schema } = model.backend;
  const { tables, moment } = await snapshotOf(['chat_messages']);
  const { table } = model.backend.rows(tables, moment);
  const params = { augmentation: 'none' };
  const files = await model.train(trainContext(), { schema, table }, model.params.parse(params));
  const ref = { modelName: INTENTS, line: lineOfSource(SOURCE) };
  const signatureHash = 'a'.repeat(64);
  const { definitionVersion } = model;
  const { artefactHash } = await storeArtefact(blobs, { ...ref, definitionVersion, signatureHash, files });
  const origin = { kind: 'snapshot' as const, snapshotHash: 'b'.repeat(64), source: SOURCE };
  const part = selectRows(table, [0]);
  const dataset = await storeDataset(blobs, { table: part, schema, ref: { ...ref, origin, notes: [] } });
  const { hash: evaluationHash } = await putJsonBlob(blobs, { test: 'labelling' });
  await registry.ensureLine(INTENTS, ref.line, freezeHoldout(schema.split, table));
  await registry.startRun({ runKey: 'run', workflowId: 'run', ...ref, seed: 1, params, codeVersion: '0' });
  const { version } = await registry.register({
    runKey: 'run',
    ...ref,
    dataset,
    artefactHash,
    evaluationHash,
    signatureHash,
    definitionHash: 'c'.repeat(64),
    metrics: [],
    comparisons: [],
    gates: [],
    championVersion: null,
  });
  const promotion = { actor: 'test', reason: 'set-up', idempotencyKey: 'stage' };
  await registry.promote({ ...ref, version: version!, to: 'staging', ...promotion });
}

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'ml-labels-'));
  endpoints = {
    temporal: { address: '', namespace: 'default', uiUrl: null },
    backendDatabaseUrl: null,
    redisUrl: null,
    databaseUrl: database.url,
    artifactUri: pathToFileURL(join(folder, 'blobs')).href,
  };
  const config = readConfig({ ML_HOME: folder, ML_CACHE: folder }, folder);
  services = await connectServices(config, endpoints, quietLogger);
  await generateBackend(services, { users: 20, months: 12 });
  await services.backendPool.query(
    `insert into backend.chat_messages (source, id, user_id, sent_at, text, locale)
     select $1, 'emoji', id, '2026-06-01T10:00:00Z', $2, 'en-IN' from backend.users where source = $1 limit 1`,
    [SOURCE, EMOJI_TEXT],
  );
});
afterAll(async () => {
  await services.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

describe('intents', () => {
  beforeAll(stageIntents);

  it('label: stores reviewed messages for the next snapshot, and corrects and records older labels', async () => {
    const file = join(folder, 'review.csv');
    const review = commandLine();
    await reviewMessages(review.cli, { source: SOURCE, count: 5, output: file });
    const { messages } = review.answer() as { messages: { id: string }[] };
    expect(messages).toHaveLength(5);
    const chosen = messages.map(({ id }) => id);

    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    const filled = lines.map((line, i) => (i === 0 || i > 3 ? line : `${line}card_block`));
    const { rows } = await services.backendPool.query<{ id: string; intent: string }>(
      `select id, intent from backend.chat_messages where source = $1 and intent is not null and intent <> 'card_block' limit 1`,
      [SOURCE],
    );
    const before = rows[0]!;
    await writeFile(file, `${filled.join('\n')}\n${before.id},text,,,card_block\nnobody,text,,,card_block\n`);
    const label = commandLine();
    await labelMessages(label.cli, file, { source: SOURCE });
    expect(label.answer()).toEqual({ source: SOURCE, written: 4, corrected: 1, unchanged: 0, unknown: 1, given: 5 });

    const { chat_messages: table } = (await snapshotOf(['chat_messages'])).tables;
    const intents = new Map(textColumn(table!, 'id').map((id, row) => [id, textColumn(table!, 'intent')[row]]));
    expect(chosen.map((id) => intents.get(id))).toEqual(['card_block', 'card_block', 'card_block', null, null]);
    expect(intents.get(before.id)).toBe('card_block');
    const recorded = () =>
      services.backendPool.query(
        `select model, entity_kind, predicted, verdict, label from backend.prediction_feedback
         where source = $1 and entity_id = $2 and id like 'label-%'`,
        [SOURCE, before.id],
      );
    const correction = { predicted: before.intent, verdict: 'corrected', label: 'card_block' };
    expect((await recorded()).rows).toEqual([{ model: INTENTS, entity_kind: 'chat_message', ...correction }]);

    const again = commandLine();
    await labelMessages(again.cli, file, { source: SOURCE });
    expect(again.answer()).toEqual({ source: SOURCE, written: 0, corrected: 0, unchanged: 4, unknown: 1, given: 5 });
    expect((await recorded()).rows).toHaveLength(1);
  });

  it('label: refuses a file with an unknown intent, unless it is declared as new', async () => {
    const read = async (): Promise<number> => {
      const { rows } = await services.backendPool.query<{ n: number }>(
        `select count(*)::int as n from backend.chat_messages where source = $1 and intent = any($2)`,
        [SOURCE, ['crad_block', 'gift_card']],
      );
      return rows[0]!.n;
    };
    const { rows } = await services.backendPool.query<{ id: string }>(
      `select id from backend.chat_messages where source = $1 and intent is null and id <> 'emoji' limit 2`,
      [SOURCE],
    );
    const [first, second] = rows.map(({ id }) => id);
    const file = join(folder, 'typo.csv');
    await writeFile(file, `id,intent\n${first},gift_card\n${second},crad_block\n`);
    const label = commandLine();
    await expect(labelMessages(label.cli, file, { source: SOURCE, newIntent: ['gift_card'] })).rejects.toMatchObject({
      code: 'INVALID_VALUE',
      details: { row: 2, column: 'intent', value: 'crad_block', nearest: 'card_block' },
    });
    expect(await read()).toBe(0);
    await labelMessages(label.cli, file, { source: SOURCE, newIntent: ['gift_card', 'crad_block'] });
    expect(await read()).toBe(2);
  });

  it('label: prints equivalent SQL for a read-only backend', async () => {
    const file = join(folder, 'sql.csv');
    await writeFile(file, "id,intent\nemoji,o'clock\n");
    const { cli, answer } = commandLine({ BACKEND_DATABASE_URL: database.url });
    const refused = labelMessages(cli, file, { source: SOURCE });
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_VALUE', details: { value: "o'clock" } });
    await labelMessages(cli, file, { source: SOURCE, newIntent: ["o'clock"] });
    const { written, sql } = answer() as { written: number; sql: string[] };
    expect(written).toBe(0);
    const read = () => services.backendPool.query(`select intent from backend.chat_messages where id = 'emoji'`);
    expect((await read()).rows).toEqual([{ intent: null }]);
    await services.backendPool.query(sql.join('\n'));
    expect((await read()).rows).toEqual([{ intent: "o'clock" }]);
  });
});

describe('entities', () => {
  const spanOf = (part: string, type: string): string => {
    const start = EMOJI_TEXT.indexOf(part);
    return `${start}:${start + part.length}:${type}`;
  };
  const cell = [spanOf('₹500', 'AMOUNT'), spanOf("O'Brien 🙂", 'PERSON'), spanOf('Café\nnow', 'MERCHANT')].join(' ');
  const parts = ['₹500', "O'Brien 🙂", 'Café\nnow'];
  const stored = async (): Promise<string[]> => {
    const { rows } = await services.backendPool.query<{ text: string }>(
      `select text from backend.entity_annotations where source = $1 and message_id = 'emoji' order by start_offset`,
      [SOURCE],
    );
    return rows.map(({ text }) => text);
  };
  async function correction(content: string): Promise<string> {
    const file = join(folder, 'entities.csv');
    await writeFile(file, `id,entities\n${content}\n`);
    return file;
  }

  it('review: lists messages with the annotations that a model suggests', async () => {
    const { cli, answer } = commandLine();
    const output = join(folder, 'entities-review.csv');
    await reviewEntities(cli, { source: SOURCE, count: 3, output });
    const { messages } = answer() as { messages: { id: string; doubt: number }[] };
    expect(messages.length).toBeGreaterThan(0);
    expect((await readFile(output, 'utf8')).split('\n')[0]).toBe('id,text,finding,doubt,suggestion,entities');
  });

  it('review: refuses an unknown source and an existing output file before computing', async () => {
    const { cli } = commandLine();
    const nowhere = { code: 'SOURCE_NOT_FOUND', message: expect.stringContaining('known: generated') as string };
    await expect(reviewEntities(cli, { source: 'nowhere' })).rejects.toMatchObject(nowhere);
    await expect(reviewMessages(cli, { source: 'nowhere' })).rejects.toMatchObject(nowhere);
    const output = await correction('emoji,-');
    for (const review of [reviewEntities, reviewMessages])
      await expect(review(cli, { source: SOURCE, output })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await readFile(output, 'utf8')).toBe('id,entities\nemoji,-\n');
  });

  it('label: stores corrections for the next snapshot and its training rows, with offsets in UTF-16 units', async () => {
    const label = commandLine();
    await labelEntities(label.cli, await correction(`emoji,${cell}\nnobody,0:1:AMOUNT`), { source: SOURCE });
    expect(label.answer()).toEqual({ source: SOURCE, written: 1, unchanged: 0, unknown: 1, given: 2 });
    expect(await stored()).toEqual(parts);

    const times = () =>
      services.backendPool.query(`select annotated_at from backend.entity_annotations where message_id = 'emoji'`);
    const { rows: before } = await times();
    const again = commandLine();
    await labelEntities(again.cli, await correction(`emoji,${cell}`), { source: SOURCE });
    expect(again.answer()).toEqual({ source: SOURCE, written: 0, unchanged: 1, unknown: 0, given: 1 });
    expect((await times()).rows).toEqual(before);

    const { tables, moment } = await snapshotOf(['chat_messages', 'entity_annotations', 'transactions']);
    const { table } = (await findModel('financial-ner')).backend.rows(tables, moment);
    const row = textColumn(table, 'text').indexOf(EMOJI_TEXT);
    expect(textColumn(table, 'entities')[row]).toBe(cell);
  });

  it('label: replaces annotations in one transaction: all of the file or none', async () => {
    const label = commandLine();
    const wrong = labelEntities(label.cli, await correction('emoji,0:1:AMOUNT'), { source: SOURCE });
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_VALUE' });
    expect(await stored()).toEqual(parts);
    // An error in a later row rolls back the rows before it.
    const { rows } = await services.backendPool.query<{ id: string }>(
      `select id from backend.chat_messages where source = $1 and id <> 'emoji' limit 1`,
      [SOURCE],
    );
    const later = labelEntities(label.cli, await correction(`emoji,-\n${rows[0]!.id},0:9999:AMOUNT`), {
      source: SOURCE,
    });
    await expect(later).rejects.toMatchObject({ message: expect.stringMatching(/entities\.csv: row 2/) as string });
    const twice = labelEntities(label.cli, await correction('emoji,5:9:AMOUNT 8:12:PERSON'), { source: SOURCE });
    await expect(twice).rejects.toMatchObject({
      message: expect.stringMatching(/row 1: two entities overlap/) as string,
    });
    expect(await stored()).toEqual(parts);
    await labelEntities(label.cli, await correction(`emoji,${spanOf('₹500', 'AMOUNT')}`), { source: SOURCE });
    expect(await stored()).toEqual(['₹500']);
  });

  it('label: refuses an unknown type, naming its row and the nearest type, unless it is declared as new', async () => {
    const { cli } = commandLine();
    const file = await correction(`emoji,-\nemoji-2,${spanOf('₹500', 'AMUONT')}`);
    await expect(labelEntities(cli, file, { source: SOURCE })).rejects.toMatchObject({
      code: 'INVALID_VALUE',
      details: { row: 2, column: 'entities', value: 'AMUONT', nearest: 'AMOUNT' },
    });
    await labelEntities(cli, file, { source: SOURCE, newType: ['AMUONT'] });
    expect(await stored()).toEqual([]);
  });

  it('label: prints SQL that stores the same text, with emoji, quotes and line breaks', async () => {
    const { cli, answer } = commandLine({ BACKEND_DATABASE_URL: database.url });
    await labelEntities(cli, await correction(`emoji,${cell}`), {});
    const { sql } = answer() as { sql: string[] };
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(sql.join('\n'));
    await client.end();
    expect(await stored()).toEqual(parts);
    expect(annotationSql([{ id: 'x', spans: [] }])).toHaveLength(3);
  });
});
