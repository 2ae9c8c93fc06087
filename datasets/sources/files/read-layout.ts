import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import type { FileFormat, SourceText, TextLayout } from '../../../contracts/dataset.js';
import { errorAt } from '../../../contracts/errors.js';
import type { DataFile } from './data-file.js';
import { decodeText, type Encoding, peekText } from './decode-text.js';
import type { FileLimits } from './limits.js';
import { openFile } from './open-file.js';

/** Characters at the beginning of each file by which a layout is recognised. */
const HEAD_CHARACTERS = 4096;
const MAX_FILES = 200;
const MAX_DEPTH = 3;
/** Limits the memory, because a layout is parsed as a whole. */
const MAX_CHARACTERS = 128 * 1024 * 1024;

interface ReadText extends SourceText {
  readonly hash: string;
  /** On its encoding. */
  readonly remarks: readonly string[];
}

/** How the texts of a layout are read. */
interface Reading {
  readonly limits: FileLimits;
  readonly encoding: Encoding | undefined;
}

type LayoutFormat = FileFormat & { readonly layout: TextLayout };

const hasLayout = (format: FileFormat): format is LayoutFormat => format.layout !== undefined;

const plainName = (name: string): string => name.replace(/\.gz$/i, '').split(sep).join('/');

async function listFiles(folder: string, depth = 1): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = entries
    .filter(({ name }) => !name.startsWith('.'))
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return depth < MAX_DEPTH ? listFiles(path, depth + 1) : Promise.resolve([]);
      return Promise.resolve(entry.isFile() ? [path] : []);
    });
  return (await Promise.all(nested)).flat();
}

async function readWhole(path: string, name: string, { limits, encoding }: Reading): Promise<ReadText> {
  const { bytes, hash } = await openFile(path, limits);
  let text = '';
  const remarks: string[] = [];
  const remark = (sentence: string): void => void remarks.push(sentence);
  for await (const chunk of decodeText(bytes, name, { encoding, remark })) {
    text += chunk;
    if (text.length > MAX_CHARACTERS)
      throw errorAt('FILE_TOO_LARGE', { file: name }, `longer than ${MAX_CHARACTERS} characters`);
  }
  return { name: plainName(name), text, hash: hash(), remarks };
}

const byName = (a: SourceText, b: SourceText): number => (a.name < b.name ? -1 : 1);
const heads = (files: readonly SourceText[]): SourceText[] =>
  files.map(({ name, text }) => ({ name, text: text.slice(0, HEAD_CHARACTERS) }));

async function readFolder(folder: string, reading: Reading): Promise<ReadText[]> {
  const paths = await listFiles(folder);
  if (paths.length > MAX_FILES)
    throw errorAt('FILE_TOO_LARGE', { file: folder }, `${paths.length} files, the limit is ${MAX_FILES}`);
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  const texts: ReadText[] = [];
  // Empty files are skipped; malformed ones are rejected.
  for (const [i, path] of paths.entries())
    if (sizes[i]! > 0) texts.push(await readWhole(path, relative(folder, path), reading));
  return texts.sort(byName);
}

function parse(format: LayoutFormat, files: readonly ReadText[], fileName: string): DataFile {
  const [first] = files;
  const single = files.length === 1 && first !== undefined;
  const together = createHash('sha256').update(files.map(({ name, hash }) => `${name}\0${hash}\n`).join(''));
  const fileHash = single ? first.hash : together.digest('hex');
  const remarks = [...new Set(files.flatMap((file) => file.remarks))];
  const table = format.layout.parse(files, (sentence) => void remarks.push(sentence));
  return { format, table, fileHash, fileName, remarks };
}

async function readFolderLayout(folder: string, formats: readonly LayoutFormat[], reading: Reading): Promise<DataFile> {
  const files = await readFolder(folder, reading);
  if (files.length === 0) throw errorAt('FILE_EMPTY', { file: folder }, 'the folder holds no file');
  const format = formats.find(({ layout }) => layout.matches(heads(files)));
  if (format !== undefined) return parse(format, files, basename(folder));
  const known = formats.map(({ name, description }) => `${name} (${description})`).join('; ');
  const found = files.slice(0, 10).map(({ name }) => name);
  const finding = `found ${found.join(', ')}; known folders and texts: ${known}`;
  throw errorAt('UNKNOWN_FORMAT', { file: folder }, finding);
}

/** Name and first characters of a file. */
async function previewFile(path: string, { limits, encoding }: Reading): Promise<SourceText> {
  const { bytes, fileName } = await openFile(path, limits);
  const source = decodeText(bytes, fileName, { encoding });
  const { head } = await peekText(source, (text) => text.length >= HEAD_CHARACTERS);
  await source.return(undefined);
  return { name: plainName(fileName), text: head.slice(0, HEAD_CHARACTERS) };
}

const isFolder = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
};

/**
 * Reads a file or folder by the first format whose layout matches it.
 * @returns null when no layout matches a file, which is then read as a table.
 * @throws PipelineError those of `openFile` and of the layout's `parse`; `UNKNOWN_FORMAT` for a folder.
 */
export async function readLayout(
  path: string,
  formats: readonly FileFormat[],
  limits: FileLimits,
  encoding?: Encoding,
): Promise<DataFile | null> {
  const reading = { limits, encoding };
  const withLayout = formats.filter(hasLayout);
  if (withLayout.length === 0) return null;
  if (await isFolder(path)) return readFolderLayout(path, withLayout, reading);
  const preview = await previewFile(path, reading);
  const format = withLayout.find(({ layout }) => layout.matches([preview]));
  if (format === undefined) return null;
  return parse(format, [await readWhole(path, basename(path), reading)], basename(path));
}
