import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, extname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { asPipelineError, errorTable, PipelineError } from '../contracts/errors.js';
import { modelName } from '../contracts/ids.js';
import { projectRoot } from '../platform/project.js';
import { inventedRows, type Task, tasks } from './invented-rows.js';

const TEMPLATE_FOLDER = join(projectRoot, 'scripts/templates/model');
const SUFFIX = '.template';
const USAGE = `npm run new-model -- <name> [--task ${tasks.join('|')}] [--root <folder>]`;

/** Last words of a name that say what the model does, not what it is about. */
const ROLES = /-(predictor|classifier|scorer|detector|estimator|forecaster|regressor|model)$/;

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const spaced = (name: string): string => name.replaceAll('-', ' ');

/** What differs between the tasks, in words; `subject` is what the model is about, `churn` of `churn-predictor`. */
const taskWords = {
  'binary-classification': (subject: string) => ({
    OBJECTIVE: 'logistic',
    LABEL_TYPE: 'flag',
    LABEL_MEANING: `1 = ${subject}, taken to be 30 days without any income`,
    QUANTITY: `probability of ${subject}`,
    METRICS: 'AUC-ROC (primary), Gini, KS, Brier, average precision, log loss and calibration error, with intervals.',
    BASELINE: 'The single feature that ranks the training rows best.',
  }),
  regression: (subject: string) => ({
    OBJECTIVE: 'squared',
    LABEL_TYPE: 'number',
    LABEL_MEANING: `${subject}, taken to be the money spent in 30 days`,
    QUANTITY: subject,
    METRICS: 'RMSE (primary), MAE and R² with bootstrap intervals.',
    BASELINE: "The customer's monthly mean of the last year.",
  }),
} as const;

/** Texts by the placeholder they replace, such as `churn` for `__SUBJECT__`. */
function placeholdersOf(name: string, task: Task): Readonly<Record<string, string>> {
  const topic = name.replace(ROLES, '');
  return {
    MODEL_NAME: name,
    MODEL_TITLE: capitalised(spaced(name)),
    SUBJECT: spaced(topic),
    TYPE: topic.split('-').map(capitalised).join(''),
    TASK: task,
    ...taskWords[task](spaced(topic)),
  };
}

/** Fills in the placeholders; code is formatted again because a longer name can break a line elsewhere. */
async function fill(template: string, target: string, texts: Readonly<Record<string, string>>): Promise<string> {
  const text = await readFile(template, 'utf8');
  const named = text.replace(/__([A-Z]+(?:_[A-Z]+)*)__/g, (_, placeholder: string) => texts[placeholder]!);
  if (extname(target) !== '.ts') return named;
  return format(named, { ...(await resolveConfig(join(projectRoot, 'package.json'))), parser: 'typescript' });
}

/** Template files of a task, with the path that each has in a model's folder. */
async function templatesOf(task: Task, name: string): Promise<{ template: string; path: string }[]> {
  const found = await Promise.all(
    ['common', task].map(async (part) => {
      const folder = join(TEMPLATE_FOLDER, part);
      const paths = await readdir(folder, { recursive: true });
      const templates = paths.filter((path) => path.endsWith(SUFFIX));
      return templates.map((path) => ({ template: join(folder, path), path: path.slice(0, -SUFFIX.length) }));
    }),
  );
  return found
    .flat()
    .map(({ template, path }) => ({ template, path: path === 'model.test.ts' ? `${name}.test.ts` : path }));
}

/** A small data file of the model's own layout, and what the common suite of tests expects of a training on it. */
function fixturesOf(name: string, task: Task): Readonly<Record<string, string>> {
  const floor = { 'binary-classification': ['aucRoc', 0.65], regression: ['rSquared', 0.5] } as const;
  const [metric, atLeast] = floor[task];
  const check = `{
  "file": "${name}.csv",
  "params": {},
  "floors": [{ "metric": "${metric}", "atLeast": ${atLeast} }]
}
`;
  return { 'fixtures/check.json': check, [`fixtures/${name}.csv`]: inventedRows(task) };
}

function requireFreeName(name: string, folder: string): void {
  const parsed = modelName.safeParse(name);
  if (!parsed.success)
    throw new PipelineError('INVALID_INPUT', `"${name}" cannot name a model: expected kebab-case, such as late-fees`);
  if (existsSync(folder))
    throw new PipelineError('INVALID_INPUT', `${folder} exists already; choose another name or edit it`);
}

/** What to write, and where; everything but the name has a default. */
export interface NewModel {
  readonly name: string;
  /** @default 'binary-classification' */
  readonly task?: Task;
  /** Folder that holds `models/`. @default the project's */
  readonly root?: string;
}

/**
 * Writes `<root>/models/<name>/`: a small model that works as it stands, to be changed file by file.
 * @returns the written files, absolute.
 * @throws PipelineError `INVALID_INPUT` for a name that is not kebab-case or a folder that exists.
 */
export async function createModelFolder({
  name,
  task = 'binary-classification',
  root = projectRoot,
}: NewModel): Promise<readonly string[]> {
  const folder = join(root, 'models', name);
  requireFreeName(name, folder);
  const texts = placeholdersOf(name, task);
  const templates = await templatesOf(task, name);
  const filled = templates.map(async ({ template, path }) => [path, await fill(template, path, texts)] as const);
  const contents = { ...Object.fromEntries(await Promise.all(filled)), ...fixturesOf(name, task) };
  const files = Object.keys(contents)
    .sort()
    .map((path) => join(folder, path));
  for (const file of files) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, contents[relative(folder, file)]!, { flag: 'wx' });
  }
  return files;
}

const nextSteps = (name: string): string => `
Next:
  1. npm run gen                       adds the workflow alias
  2. npm test -- models/               your model inherits the checks of the whole catalogue
  3. npx ml train ${name}         trains it on the backend's data
  4. replace data/label.ts (what is predicted), the features in data/dataset.ts, the baseline and the card by your own
docs/adding-a-model.md explains each file.
`;

const isTask = (text: string): text is Task => (tasks as readonly string[]).includes(text);

async function main(): Promise<void> {
  const options = { root: { type: 'string' }, task: { type: 'string', default: tasks[0] } } as const;
  const { positionals, values } = parseArgs({ allowPositionals: true, options });
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) throw new PipelineError('INVALID_INPUT', `wanted one name: ${USAGE}`);
  const { task, root = projectRoot } = values;
  if (!isTask(task)) throw new PipelineError('INVALID_INPUT', `found the task "${task}", wanted ${tasks.join(' or ')}`);
  const files = await createModelFolder({ name, task, root });
  for (const file of files) process.stdout.write(`${relative(root, file)}\n`);
  process.stdout.write(nextSteps(name));
}

function report(fault: unknown): void {
  const { code, message } = asPipelineError(fault);
  process.stderr.write(`${code}: ${message}\n`);
  process.exitCode = errorTable[code].exit;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main().catch(report);
