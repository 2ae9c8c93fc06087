import type { FileFormat } from '../../../contracts/dataset.js';
import type { Cell } from '../files/cells.js';
import type { FilePreview } from '../files/choose-format.js';
import { decodeText } from '../files/decode-text.js';
import { defaultFileLimits } from '../files/limits.js';
import { openFile } from '../files/open-file.js';
import { openRows } from '../files/open-rows.js';
import type { ReadingOptions } from '../files/reading-options.js';

/** A file's columns as they are written, before anything is known of them. */
export interface RawTable {
  readonly fileName: string;
  /** Of a CSV file. */
  readonly delimiter: string | null;
  readonly names: readonly string[];
  /** By column, in the order of `names`. */
  readonly cells: readonly (readonly Cell[])[];
  readonly rowCount: number;
  /** How the file is written. */
  readonly remarks: readonly string[];
}

/** A layout that has whatever columns the file has; of several delimiters the one that gives most columns. */
function layoutOf({ columns, delimiter }: FilePreview): FileFormat {
  const names = (columns ?? []).filter((name) => name !== '');
  const schema: FileFormat['schema'] = {
    line: 'any',
    columns: names.map((name) => ({ name, type: 'text', nullable: true, description: name })),
    key: '',
    label: '',
    features: [],
    split: { kind: 'group', column: '', fraction: 0.5, salt: '' },
    minimumRows: 1,
  };
  return {
    name: 'any',
    description: 'any table',
    encodings: ['csv', 'json'],
    ...(delimiter !== undefined && { delimiter }),
    schema,
    matches: () => true,
  };
}

/**
 * Reads all cells of a CSV or JSON file as they are written. Columns without a name are left out.
 * @throws PipelineError as `readDataFile`, but for what concerns the values.
 */
export async function readCells(path: string, options: ReadingOptions = {}): Promise<RawTable> {
  const { fileName, bytes } = await openFile(path, defaultFileLimits);
  const decoded: string[] = [];
  const decoding = { encoding: options.encoding, remark: (sentence: string) => void decoded.push(sentence) };
  const reading = { file: fileName, limits: defaultFileLimits, options, formats: layoutOf };
  const opened = await openRows(decodeText(bytes, fileName, decoding), reading);
  const names = opened.matched.columns.map(({ nameInFile }) => nameInFile);
  const cells: Cell[][] = names.map(() => []);
  let rowCount = 0;
  for await (const row of opened.rows) {
    if (row === null) continue;
    rowCount += 1;
    cells.forEach((column, i) => column.push(row.cells[i]));
  }
  const { delimiter = null } = opened.matched.preview;
  return { fileName, delimiter, names, cells, rowCount, remarks: [...decoded, ...opened.remarks] };
}
