import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { matrix, matrixFromRows } from '../../learning/numeric/matrix/index.js';
import { createRandom, type Random } from '../../learning/numeric/random/index.js';
import type { PeerRows } from './xgboost.js';

const taiwanFile = (dataFolder: string): string => join(dataFolder, 'credit/taiwan/taiwan.csv.gz');
const germanFile = (dataFolder: string): string => join(dataFolder, 'credit/german/german.data');

/** True when the public credit data lie in this folder. */
export function hasCreditData(dataFolder: string): boolean {
  return existsSync(taiwanFile(dataFolder)) && existsSync(germanFile(dataFolder));
}

/** Taiwan credit cards (Yeh & Lien 2009): columns X1 … X23 as they are, label Y (1 = default). */
export async function loadTaiwan(dataFolder: string): Promise<PeerRows> {
  const text = gunzipSync(await readFile(taiwanFile(dataFolder))).toString('utf8');
  const rows = text.split('\n').filter((line) => /^\d/.test(line));
  const cells = rows.map((line) => line.split(',').map(Number));
  return { x: matrixFromRows(cells.map((row) => row.slice(1, 24))), y: cells.map((row) => row[24]!) };
}

/** German credit (Hofmann 1994): the 13 coded attributes one-hot, label 1 = bad. */
export async function loadGerman(dataFolder: string): Promise<PeerRows> {
  const text = await readFile(germanFile(dataFolder), 'utf8');
  const cells = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const codes = cells[0]!.slice(0, 20).map((_, column) => [...new Set(cells.map((row) => row[column]!))].sort());
  const encode = (cell: string, column: number): number[] =>
    /^A\d/.test(cell) ? codes[column]!.map((code) => (code === cell ? 1 : 0)) : [Number(cell)];
  return {
    x: matrixFromRows(cells.map((row) => row.slice(0, 20).flatMap(encode))),
    y: cells.map((row) => (row[20] === '2' ? 1 : 0)),
  };
}

const COLUMNS = 30;
/** Where the margin of a default stands when every feature is 0: about 19 % positives. */
const BASE = -2.2;

function syntheticRow(random: Random): number[] {
  const row = Array.from({ length: COLUMNS }, (_, column) =>
    column < 7 ? Math.round(3 * random.normal()) : random.normal(),
  );
  return row.map((value, column) => (column >= 24 && random.uniform() < 0.05 ? NaN : value));
}

/** Linear, bent and joint effects; the value of a missing feature counts as 0.5, so that missing means something. */
function syntheticMargin(row: readonly number[]): number {
  const at = (column: number): number => (Number.isNaN(row[column]!) ? 0.5 : row[column]!);
  const linear = 0.1 * at(0) + 0.5 * at(8) + 0.4 * at(25) + 0.3 * at(26);
  return (
    BASE + linear + 0.5 * at(9) * at(10) + 0.5 * Math.sin(2 * at(11)) + 0.4 * Math.abs(at(12)) + 0.3 * at(1) * at(13)
  );
}

/** The seeded speed set: rows × 30, 7 integer columns, 6 columns with 5 % missing. */
export function syntheticCredit(rows: number, seed: number): PeerRows {
  const random = createRandom(seed);
  const values = new Float64Array(rows * COLUMNS);
  const y = Array.from({ length: rows }, (_, i) => {
    const row = syntheticRow(random);
    values.set(row, i * COLUMNS);
    return random.uniform() < 1 / (1 + Math.exp(-syntheticMargin(row))) ? 1 : 0;
  });
  return { x: matrix(rows, COLUMNS, values), y };
}
