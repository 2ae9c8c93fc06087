import { PipelineError } from '../../../contracts/errors.js';

const PAGE_BYTES = 65_536;
const LARGEST_MEMORY_PAGES = 65_536;
/** Alignment in bytes for 16-byte loads. */
const ALIGNMENT = 16;

const align = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/**
 * Reserves a memory for arrays side by side, each at a multiple of 16 bytes.
 * @param sizes - bytes of each array.  @param content - what needs the memory, plural, for the error.
 * @returns the memory, filled with zeros, and the address of each array.
 * @throws PipelineError `INVALID_INPUT` beyond 4 GB.
 */
export function reserveMemory(
  sizes: readonly number[],
  content: string,
): { readonly memory: WebAssembly.Memory; readonly starts: readonly number[] } {
  const starts: number[] = [];
  let total = 0;
  for (const size of sizes) {
    starts.push(total);
    total += align(size);
  }
  const pages = Math.ceil(total / PAGE_BYTES);
  if (pages > LARGEST_MEMORY_PAGES) {
    const found = `${Math.ceil(total / 2 ** 20)} MB`;
    throw new PipelineError('INVALID_INPUT', `the ${content} need ${found} of working memory, the limit is 4096 MB`);
  }
  return { memory: new WebAssembly.Memory({ initial: pages }), starts };
}
