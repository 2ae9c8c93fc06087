import { z } from 'zod';
import { PipelineError } from '../../../contracts/errors.js';
import type { RegressionTree } from './tree.js';

/** A fit and the trees that it has grown, in order. */
export interface FitCheckpoint {
  /** Tells the fits of one training apart. */
  readonly fingerprint: string;
  readonly trees: readonly RegressionTree[];
}

const header = z.strictObject({
  kind: z.literal('boosting'),
  schemaVersion: z.literal(1),
  /** The number of nodes of each tree. */
  fits: z.array(z.strictObject({ fingerprint: z.string(), nodes: z.array(z.int().positive()) })),
});

/** The arrays of a tree in their order in the file. */
const columns = ['feature', 'threshold', 'left', 'right', 'missingLeft', 'value', 'gain', 'cover'] as const;

const NUMBER_BYTES = 8;
const align = (bytes: number): number => Math.ceil(bytes / NUMBER_BYTES) * NUMBER_BYTES;

/**
 * Writes fits as one file: length of the header (4 bytes), header as JSON, padding to a multiple of 8, and the trees'
 * arrays as float64 in the machine's byte order. All bits of a number are kept, which JSON does not do for −0.
 */
export function writeCheckpoint(fits: readonly FitCheckpoint[]): Uint8Array {
  const listed = fits.map(({ fingerprint, trees }) => ({ fingerprint, nodes: trees.map(({ left }) => left.length) }));
  const head = new TextEncoder().encode(JSON.stringify({ kind: 'boosting', schemaVersion: 1, fits: listed }));
  const start = align(4 + head.length);
  const numbers = listed.flatMap(({ nodes }) => nodes).reduce((sum, nodes) => sum + nodes * columns.length, 0);
  const bytes = new Uint8Array(start + numbers * NUMBER_BYTES);
  new Uint32Array(bytes.buffer, 0, 1)[0] = head.length;
  bytes.set(head, 4);
  const values = new Float64Array(bytes.buffer, start);
  let at = 0;
  for (const tree of fits.flatMap(({ trees }) => trees))
    for (const name of columns) {
      values.set(tree[name], at);
      at += tree[name].length;
    }
  return bytes;
}

/** @throws PipelineError `MALFORMED_FILE` when the bytes are no fits. */
export function readCheckpoint(given: Uint8Array): FitCheckpoint[] {
  const bytes = given.slice(); // from position 0 of its buffer, as float64 wants it
  const length = bytes.length < 4 ? 0 : new Uint32Array(bytes.buffer, 0, 1)[0]!;
  const { fits } = readHeader(bytes.subarray(4, 4 + length));
  const start = align(4 + length);
  const numbers = fits.flatMap(({ nodes }) => nodes).reduce((sum, nodes) => sum + nodes * columns.length, 0);
  if (bytes.length !== start + numbers * NUMBER_BYTES) throw malformed('it is shorter or longer than its header says');
  const values = new Float64Array(bytes.buffer, start);
  let at = 0;
  const take = (count: number): number[] => Array.from(values.subarray(at, (at += count)));
  const treeOf = (nodes: number): RegressionTree =>
    Object.fromEntries(columns.map((name) => [name, take(nodes)])) as unknown as RegressionTree;
  return fits.map(({ fingerprint, nodes }) => ({ fingerprint, trees: nodes.map(treeOf) }));
}

function readHeader(bytes: Uint8Array): z.output<typeof header> {
  try {
    return header.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    throw malformed('its header is not readable');
  }
}

const malformed = (reason: string): PipelineError =>
  new PipelineError('MALFORMED_FILE', `the checkpoint holds no trees: ${reason}`);
