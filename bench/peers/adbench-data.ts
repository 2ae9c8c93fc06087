import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { matrix, selectMatrixRows, type Matrix } from '../../learning/numeric/matrix/index.js';
import { fitStandardisation, standardise } from '../../learning/numeric/standardisation/index.js';

/** A larger set is thinned to this many rows, evenly over its order. */
const MOST_ROWS = 20_000;

const folderOf = (dataFolder: string): string => join(dataFolder, 'anomaly', 'adbench-classical');

export const hasAdbench = (dataFolder: string): boolean => existsSync(folderOf(dataFolder));

interface NumpyArray {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** Little-endian element types that the sets use. */
const readers: Readonly<Record<string, { readonly size: number; read(view: DataView, at: number): number }>> = {
  '<f8': { size: 8, read: (view, at) => view.getFloat64(at, true) },
  '<f4': { size: 4, read: (view, at) => view.getFloat32(at, true) },
  '<i8': { size: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  '<i4': { size: 4, read: (view, at) => view.getInt32(at, true) },
  '<i2': { size: 2, read: (view, at) => view.getInt16(at, true) },
  '<u2': { size: 2, read: (view, at) => view.getUint16(at, true) },
  '|b1': { size: 1, read: (view, at) => view.getUint8(at) },
  '|u1': { size: 1, read: (view, at) => view.getUint8(at) },
  '|i1': { size: 1, read: (view, at) => view.getInt8(at) },
};

/** Position of element i, counted in rows, in an array that is stored by columns. */
function columnMajor(i: number, [rows, cols = 1]: readonly number[]): number {
  return (i % cols) * rows! + Math.floor(i / cols);
}

/** An array in NumPy's own format, version 1; the values come in row-major order. @throws Error for other types. */
function readNpy(bytes: Uint8Array): NumpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 10 + view.getUint16(8, true);
  const header = new TextDecoder().decode(bytes.subarray(10, start));
  const type = /'descr': '([^']+)'/.exec(header)?.[1] ?? '';
  const reader = readers[type];
  if (!reader) throw new Error(`cannot read ${header}`);
  const sizes = /'shape': \(([^)]*)\)/.exec(header)![1]!.split(',');
  const shape = sizes.filter((text) => text.trim() !== '').map(Number);
  const byColumns = header.includes("'fortran_order': True");
  const length = shape.reduce((product, size) => product * size, 1);
  const values = Float64Array.from({ length }, (_, i) => {
    const position = byColumns ? columnMajor(i, shape) : i;
    return reader.read(view, start + position * reader.size);
  });
  return { shape, values };
}

/** A set, its rows thinned and standardised; labels are read only after scoring. */
export interface AdbenchSet {
  readonly name: string;
  readonly x: Matrix;
  /** (rows,) 1 = anomaly. */
  readonly readLabels: () => Float64Array;
}

function loadSet(path: string, name: string): AdbenchSet {
  const parts = unzipSync(new Uint8Array(readFileSync(path)));
  const all = readNpy(parts['X.npy']!);
  const [rows, cols] = [all.shape[0]!, all.shape[1]!];
  const kept = Math.min(rows, MOST_ROWS);
  const picked = Int32Array.from({ length: kept }, (_, i) => Math.floor((i * rows) / kept));
  const x = selectMatrixRows(matrix(rows, cols, all.values), picked);
  const readLabels = (): Float64Array => {
    const labels = readNpy(parts['y.npy']!).values;
    return Float64Array.from(picked, (row) => labels[row]!);
  };
  return { name, x: standardise(fitStandardisation(x), x), readLabels };
}

/** All sets of the folder, by name. */
export function loadAdbench(dataFolder: string): AdbenchSet[] {
  const folder = folderOf(dataFolder);
  const files = readdirSync(folder).filter((file) => file.endsWith('.npz'));
  const nameOf = (file: string): string => file.replace(/^\d+_/, '').replace('.npz', '');
  return files.sort().map((file) => loadSet(join(folder, file), nameOf(file)));
}
