import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, type PipelineError, pipelineError } from '../../contracts/errors.js';

/** A file of the state directory that is not what was written to it. */
export interface Damage {
  readonly file: string;
  /** What is wrong, after the path. */
  readonly finding: string;
  /** What cannot be had back, and what makes the rest again. */
  readonly lost: string;
}

/** One kind of state that can be damaged. */
interface Inspected {
  /** Path below the state directory. */
  readonly path: string;
  /** Further files that belong to it and are moved aside with it. */
  readonly with?: readonly string[];
  readonly lost: string;
  /** Returns what is wrong, or null; called with a path that exists. */
  readonly inspect: (path: string) => string | null;
  /** What the service prints when it finds the damage itself. */
  readonly reported?: RegExp;
}

/** The error for a damaged file. @param finding - follows the path: what is wrong. */
export const damagedState = (file: string, finding: string, cause?: unknown): PipelineError =>
  pipelineError('STATE_DAMAGED', { file, finding }, { cause });

const state: Record<'secrets' | 'keys' | 'state' | 'temporal' | 'redis', Inspected> = {
  secrets: {
    path: 'secrets.json',
    lost: 'the passwords of the local services and the secret of approvals; the next start generates new ones',
    inspect: inspectJson,
  },
  keys: {
    path: 'keys.json',
    lost: 'the keys of the prediction log, whose rows cannot be read any more, and of webhooks; the next start makes new ones',
    inspect: inspectJson,
  },
  state: {
    path: 'state.json',
    lost: 'the record of what runs and on which ports; the next start writes it anew',
    inspect: inspectJson,
  },
  temporal: {
    path: join('temporal', 'temporal.db'),
    with: [join('temporal', 'temporal.db-wal'), join('temporal', 'temporal.db-shm')],
    lost:
      'running workflows, their histories and the schedules (`ml schedule apply` makes these again); models, runs and ' +
      'data are elsewhere',
    inspect: inspectSqlite,
    reported: /database disk image is malformed|file is not a database|file is encrypted/,
  },
  redis: {
    path: join('redis', 'appendonlydir'),
    lost: 'the values of the online store; the next run of the data pipeline writes them again',
    inspect: inspectAppendOnly,
    reported: /Bad file format reading the append only file|Unrecoverable error|AOF manifest|append only file/i,
  },
};

/** The damage that can be seen in the files, without a service. */
export const findDamage = (home: string): readonly Damage[] =>
  Object.values(state).flatMap(({ path, inspect, lost }) => {
    const file = join(home, path);
    const finding = existsSync(file) ? inspect(file) : null;
    return finding === null ? [] : [{ file, finding, lost }];
  });

/** Refuses to start services on damaged files. @throws PipelineError `STATE_DAMAGED` for the first of them. */
export function expectUndamaged(home: string): void {
  const [first] = findDamage(home);
  if (first !== undefined) throw damagedState(first.file, first.finding);
}

/** The fault of a service that ended, as `STATE_DAMAGED` when its log says that its files are damaged. */
export function damageReportedBy(service: string, home: string, fault: unknown): unknown {
  const { path, reported } = service === 'redis' || service === 'temporal' ? state[service] : {};
  if (path === undefined || reported === undefined || !reported.test(messageOf(fault))) return fault;
  return damagedState(join(home, path), `cannot be read by ${service}: ${messageOf(fault)}`, fault);
}

/** The damage that the message of a `STATE_DAMAGED` error names; [] when it is no file of this state directory. */
export const damageNamedBy = (home: string, message: string): readonly Damage[] =>
  Object.values(state).flatMap(({ path, lost }) => {
    const file = join(home, path);
    const named = message.startsWith(`${file} `) && existsSync(file);
    return named ? [{ file, finding: 'could not be read by its service', lost }] : [];
  });

/** A damaged file with the place that it was moved to. */
export interface MovedAside extends Damage {
  readonly movedTo: string;
}

/**
 * Moves damaged files aside, beside where they were and with a time in their name. Nothing is deleted.
 * @param damages - may name a file more than once; one that no longer exists is passed over.
 */
export function moveDamageAside(home: string, damages: readonly Damage[], now = new Date()): readonly MovedAside[] {
  const stamp = now.toISOString().replace(/[:.]/g, '-');
  const byFile = new Map(damages.map((damage) => [damage.file, damage]));
  return [...byFile.values()]
    .filter(({ file }) => existsSync(file))
    .map((damage) => ({ ...damage, movedTo: moveAside(home, damage.file, stamp) }));
}

function moveAside(home: string, file: string, stamp: string): string {
  const { with: companions = [] } = Object.values(state).find(({ path }) => join(home, path) === file) ?? {};
  for (const path of [file, ...companions.map((companion) => join(home, companion))])
    if (existsSync(path)) renameSync(path, `${path}.damaged-${stamp}`);
  return `${file}.damaged-${stamp}`;
}

function inspectJson(path: string): string | null {
  const text = readFileSync(path, 'utf8');
  if (text.trim() === '') return 'is empty';
  try {
    return typeof JSON.parse(text) === 'object' ? null : 'holds no JSON object';
  } catch {
    return 'is not JSON: it was cut or overwritten';
  }
}

const SQLITE_HEADER = 'SQLite format 3\0';

/**
 * The header of a SQLite file names page size (bytes 16, 17; 1 means 65,536) and number of pages (bytes 28 to 31, valid
 * when bytes 24 to 27 and 92 to 95 agree), so that a shorter file was cut.
 */
function inspectSqlite(path: string): string | null {
  const { size } = statSync(path);
  if (size === 0) return 'is empty';
  const header = readStart(path, 100);
  if (header.length < 100 || header.toString('latin1', 0, 16) !== SQLITE_HEADER) return 'is not a SQLite database';
  const stated = header.readUInt16BE(16);
  const pageSize = stated === 1 ? 65_536 : stated;
  const valid = header.readUInt32BE(24) === header.readUInt32BE(92);
  const wanted = valid ? header.readUInt32BE(28) * pageSize : pageSize;
  return size < wanted ? `was cut: it holds ${size} of ${wanted} bytes` : null;
}

/** The manifest names the base and the increments of the append-only file. */
function inspectAppendOnly(folder: string): string | null {
  const manifest = readdirSync(folder).find((name) => name.endsWith('.manifest'));
  if (manifest === undefined) return readdirSync(folder).length === 0 ? null : 'has no manifest';
  const named = [...readFileSync(join(folder, manifest), 'utf8').matchAll(/^file (\S+) seq \d+ type (\w)/gm)];
  if (named.length === 0) return `has an empty manifest (${manifest})`;
  for (const [, name = '', type = ''] of named) {
    const finding = inspectPart(join(folder, name), name, type);
    if (finding !== null) return finding;
  }
  return null;
}

/** A base in Redis' binary format begins with its name; the end of an increment may be cut, the server repairs it. */
function inspectPart(path: string, name: string, type: string): string | null {
  if (type === 'h') return null; // history, which the server removes
  if (!existsSync(path)) return `lacks ${name}, which its manifest names`;
  const start = readStart(path, 9).toString('latin1');
  if (type === 'b' && start === '') return `has an empty base (${name})`;
  if (name.endsWith('.rdb') && !/^(REDIS|VALKEY)/.test(start)) return `has a base in no known format (${name})`;
  return name.endsWith('.aof') && !/^([*#]|$|REDIS|VALKEY)/.test(start)
    ? `has an increment in no known format (${name})`
    : null;
}

function readStart(path: string, bytes: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(bytes);
    return buffer.subarray(0, readSync(file, buffer, 0, bytes, 0));
  } finally {
    closeSync(file);
  }
}
