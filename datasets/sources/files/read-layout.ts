import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import type { FileFormat, SourceText, TextLayout } from '../../../contracts/dataset.js';
import { errorAt, PipelineError } from '../../../contracts/errors.js';
import type { DataFile } from './data-file.js';
import { decodeText, peekText } from './decode-text.js';
import type { FileLimits } from './limits.js';
import { openFile } from './open-file.js';

/** What a layout is told by: the beginning of each file. */
const HEAD_CHARACTERS = 4096;
const MOST_FILES = 200;
const DEEPEST_FOLDER = 3;
/** Layouts are parsed whole, so what they hold in memory is bounded. */
const MOST_CHARACTERS = 128 * 1024 * 1024;

interface ReadText extends SourceText {
  readonly hash: string;
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
      if (entry.isDirectory()) return depth < DEEPEST_FOLDER ? listFiles(path, depth + 1) : Promise.resolve([]);
      return Promise.resolve(entry.isFile() ? [path] : []);
    });
  return (await Promise.all(nested)).flat();
}

async function readWhole(path: string, name: string, limits: FileLimits): Promise<ReadText> {
  const { bytes, hash } = await openFile(path, limits);
  let text = '';
  for await (const chunk of decodeText(bytes, name)) {
    text += chunk;
    if (text.length > MOST_CHARACTERS)
      throw errorAt('FILE_TOO_LARGE', { file: name }, `longer than ${MOST_CHARACTERS} characters`);
  }
  return { name: plainName(name), text, hash: hash() };
}

const byName = (a: SourceText, b: SourceText): number => (a.name < b.name ? -1 : 1);
const heads = (files: readonly SourceText[]): SourceText[] =>
  files.map(({ name, text }) => ({ name, text: text.slice(0, HEAD_CHARACTERS) }));

async function readFolder(folder: string, limits: FileLimits): Promise<ReadText[]> {
  const paths = await listFiles(folder);
  if (paths.length > MOST_FILES)
    throw errorAt('FILE_TOO_LARGE', { file: folder }, `${paths.length} files, the limit is ${MOST_FILES}`);
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  const texts: ReadText[] = [];
  // An empty file in a folder says nothing; a broken one is a fault.
  for (const [i, path] of paths.entries())
    if (sizes[i]! > 0) texts.push(await readWhole(path, relative(folder, path), limits));
  return texts.sort(byName);
}

function parse(format: LayoutFormat, files: readonly ReadText[], fileName: string): DataFile {
  const [first] = files;
  const single = files.length === 1 && first !== undefined;
  const together = createHash('sha256').update(files.map(({ name, hash }) => `${name}\0${hash}\n`).join(''));
  const fileHash = single ? first.hash : together.digest('hex');
  return { format, table: format.layout.parse(files), fileHash, fileName };
}

async function readFolderLayout(
  folder: string,
  formats: readonly LayoutFormat[],
  limits: FileLimits,
): Promise<DataFile> {
  const files = await readFolder(folder, limits);
  if (files.length === 0) throw errorAt('FILE_EMPTY', { file: folder }, 'the folder holds no file');
  const format = formats.find(({ layout }) => layout.matches(heads(files)));
  if (format !== undefined) return parse(format, files, basename(folder));
  const known = formats.map(({ name, description }) => `${name} (${description})`).join('; ');
  const found = files.slice(0, 10).map(({ name }) => name);
  throw new PipelineError('UNKNOWN_FORMAT', `${folder}: found ${found.join(', ')}; known folders and texts: ${known}`, {
    file: folder,
  });
}

/** The beginning of a file as its name and first characters. */
async function sightFile(path: string, limits: FileLimits): Promise<SourceText> {
  const { bytes, fileName } = await openFile(path, limits);
  const source = decodeText(bytes, fileName);
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
 * Reads a file or folder by the first format whose layout recognises it.
 * @returns null when no layout does, so that the table readers have their turn.
 * @throws PipelineError as `openFile`, and what the layout's `parse` throws; `UNKNOWN_FORMAT` for a folder.
 */
export async function readLayout(
  path: string,
  formats: readonly FileFormat[],
  limits: FileLimits,
): Promise<DataFile | null> {
  const withLayout = formats.filter(hasLayout);
  if (withLayout.length === 0) return null;
  if (await isFolder(path)) return readFolderLayout(path, withLayout, limits);
  const sight = await sightFile(path, limits);
  const format = withLayout.find(({ layout }) => layout.matches([sight]));
  if (format === undefined) return null;
  return parse(format, [await readWhole(path, basename(path), limits)], basename(path));
}
