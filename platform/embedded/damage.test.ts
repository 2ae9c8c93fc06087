import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PipelineError } from '../../contracts/errors.js';
import { damageReportedBy, expectUndamaged, findDamage } from './damage.js';
import { healState } from './heal.js';
import { readState } from './state.js';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ml-damage-'));
  for (const folder of ['temporal', 'redis/appendonlydir']) mkdirSync(join(home, folder), { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const write = (path: string, content: string | Buffer): void => writeFileSync(join(home, path), content);

/** A database of two pages of 4096 bytes, with a valid header. */
function database(bytes: number): Buffer {
  const file = Buffer.alloc(8192);
  file.write('SQLite format 3\0', 'latin1');
  file.writeUInt16BE(4096, 16);
  file.writeUInt32BE(7, 24);
  file.writeUInt32BE(2, 28);
  file.writeUInt32BE(7, 92);
  return file.subarray(0, bytes);
}

const manifest = 'file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n';
const aof = (name: string): string => join('redis/appendonlydir', `appendonly.aof.${name}`);

function writeSound(): void {
  write('secrets.json', '{"postgres": "p", "redis": "r"}');
  write('state.json', '{}');
  write('temporal/temporal.db', database(8192));
  write(aof('manifest'), manifest);
  write(aof('1.base.rdb'), 'REDIS0011');
  write(aof('1.incr.aof'), '');
}

it('finds nothing in sound files and in an empty state directory', () => {
  expect(findDamage(join(home, 'absent'))).toEqual([]);
  writeSound();
  expect(findDamage(home)).toEqual([]);
  expect(() => expectUndamaged(home)).not.toThrow();
  write('temporal/temporal.db', database(8192).fill(0, 92, 96)); // a header whose page count is not valid
  expect(findDamage(home)).toEqual([]);
});

describe.each([
  ['secrets.json', '', 'is empty'],
  ['secrets.json', '{"postgres": "p', 'was cut or overwritten'],
  ['state.json', '', 'is empty'],
  ['state.json', '{"phase": "rea', 'was cut or overwritten'],
  ['temporal/temporal.db', '', 'is empty'],
  ['temporal/temporal.db', 'nonsense', 'is not a SQLite database'],
  ['temporal/temporal.db', database(5000), 'was cut: it holds 5000 of 8192 bytes'],
  [aof('manifest'), '', 'has an empty manifest'],
  [aof('1.base.rdb'), '', 'has an empty base'],
  [aof('1.base.rdb'), 'nonsense!', 'has a base in no known format'],
  [aof('1.incr.aof'), 'nonsense!', 'has an increment in no known format'],
])('%s with the content %j', (path, content, finding) => {
  it('is found, refused and moved aside with its content', async () => {
    writeSound();
    write(path, content);
    const file = join(home, path.startsWith('redis') ? 'redis/appendonlydir' : path);
    expect(findDamage(home)).toMatchObject([{ file, finding: expect.stringContaining(finding) as string }]);
    expect(() => expectUndamaged(home)).toThrow(
      expect.objectContaining({ code: 'STATE_DAMAGED', details: expect.objectContaining({ file }) as unknown }),
    );

    const [moved, ...others] = await healState(home);
    expect(others).toEqual([]);
    expect(moved).toMatchObject({ file, lost: expect.any(String) as string });
    expect(existsSync(file)).toBe(false);
    const kept = path.startsWith('redis') ? join(moved!.movedTo, path.split('/').at(-1)!) : moved!.movedTo;
    expect(readFileSync(kept)).toEqual(Buffer.from(content));
    expect(findDamage(home)).toEqual([]);
    expect(await healState(home)).toEqual([]);
  });
});

it('reports a lost part of the append-only file', () => {
  writeSound();
  rmSync(join(home, aof('1.base.rdb')));
  expect(findDamage(home)[0]?.finding).toBe('lacks appendonly.aof.1.base.rdb, which its manifest names');
});

it('moves the journal of a damaged database aside with it', async () => {
  writeSound();
  write('temporal/temporal.db', '');
  write('temporal/temporal.db-wal', 'journal');
  await healState(home);
  const names = readdirSync(join(home, 'temporal'));
  expect(names).toHaveLength(2);
  for (const name of names) expect(name).toMatch(/^temporal\.db(-wal)?\.damaged-\d{4}-/);
});

it('readState names a damaged file', () => {
  write('state.json', '{"phase":');
  expect(() => readState(home)).toThrow(
    expect.objectContaining({ code: 'STATE_DAMAGED', message: expect.stringContaining('state.json') as string }),
  );
});

it('takes the report of a service for damage only when its log says so', () => {
  const crash = (line: string) => new PipelineError('SERVICE_CRASHED', `redis ended; last lines:\n  ${line}`);
  expect(damageReportedBy('redis', home, crash('Bad file format reading the append only file'))).toMatchObject({
    code: 'STATE_DAMAGED',
    details: { file: join(home, 'redis/appendonlydir') },
  });
  const full = crash('No space left on device');
  expect(damageReportedBy('redis', home, full)).toBe(full);
  expect(damageReportedBy('postgres', home, crash('append only file'))).toMatchObject({ code: 'SERVICE_CRASHED' });
});
