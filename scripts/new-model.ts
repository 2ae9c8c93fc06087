import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { asPipelineError, errorTable, PipelineError } from '../contracts/errors.js';
import { modelName } from '../contracts/ids.js';
import { projectRoot } from '../platform/project.js';

const TEMPLATE_FOLDER = join(projectRoot, 'scripts/templates/model');
const SUFFIX = '.template';
const USAGE = 'npm run new-model -- <name> [--root <folder>]';

/** `late-fees` → `Late fees`. */
const titleOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');

/** Fills in the name; code is formatted again because a longer name can break a line elsewhere. */
async function filled(template: string, target: string, name: string): Promise<string> {
  const text = await readFile(template, 'utf8');
  const named = text.replaceAll('__MODEL_NAME__', name).replaceAll('__MODEL_TITLE__', titleOf(name));
  if (!target.endsWith('.ts')) return named;
  return format(named, { ...(await resolveConfig(join(projectRoot, 'package.json'))), parser: 'typescript' });
}

/** Where a template file goes: its own path without the suffix; the test carries the model's name. */
function targetOf(templateFile: string, folder: string, name: string): string {
  const path = relative(TEMPLATE_FOLDER, templateFile).slice(0, -SUFFIX.length);
  return join(folder, path === 'model.test.ts' ? `${name}.test.ts` : path);
}

async function templateFiles(): Promise<string[]> {
  const entries = await readdir(TEMPLATE_FOLDER, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(SUFFIX));
  return files.map((entry) => join(entry.parentPath, entry.name)).sort();
}

function requireFreeName(name: string, folder: string): void {
  const parsed = modelName.safeParse(name);
  if (!parsed.success)
    throw new PipelineError('INVALID_INPUT', `"${name}" cannot name a model: expected kebab-case, such as late-fees`);
  if (existsSync(folder))
    throw new PipelineError('INVALID_INPUT', `${folder} exists already; choose another name or edit it`);
}

/**
 * Writes `<root>/models/<name>/`: a small model that works as it stands, to be changed file by file.
 * @returns the written files, absolute.
 * @throws PipelineError `INVALID_INPUT` for a name that is not kebab-case or a folder that exists.
 */
export async function createModelFolder(name: string, root: string = projectRoot): Promise<readonly string[]> {
  const folder = join(root, 'models', name);
  requireFreeName(name, folder);
  const files: string[] = [];
  for (const template of await templateFiles()) {
    const target = targetOf(template, folder, name);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, await filled(template, target, name), { flag: 'wx' });
    files.push(target);
  }
  return files;
}

const nextSteps = (name: string): string => `
Next:
  1. npm run gen                       adds the workflow alias
  2. npm test -- models/               your model inherits the checks of the whole catalogue
  3. npm run ml -- train ${name}       trains it on the backend's data
  4. replace features.ts (rows, labels), estimator.ts, evaluation.ts and the card by your own
docs/adding-a-model.md explains each file.
`;

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { root: { type: 'string' } } });
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) throw new PipelineError('INVALID_INPUT', `wanted one name: ${USAGE}`);
  const root = values.root ?? projectRoot;
  const files = await createModelFolder(name, root);
  for (const file of files) process.stdout.write(`${relative(root, file)}\n`);
  process.stdout.write(nextSteps(name));
}

function report(fault: unknown): void {
  const { code, message } = asPipelineError(fault);
  process.stderr.write(`${code}: ${message}\n`);
  process.exitCode = errorTable[code].exit;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main().catch(report);
