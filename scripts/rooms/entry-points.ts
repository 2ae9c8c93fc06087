import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { IModule } from 'dependency-cruiser';
import ts from 'typescript';
import type { entryPoints } from '../../platform/entry-points.js';
import { rooms } from './rules.js';

/** The list, and the only other file that may turn its names into files. */
const LIST = 'platform/entry-points.ts';
const RESOLVER = 'platform/project.ts';

/** Files that a program finds by listing a folder: the models of the catalogue, the suites of the benchmark. */
const foundInFolders = [/^models\/[^/]+\/(index|monitoring)\.ts$/, /^bench\/[^/]+\.ts$/];

type Modules = ReadonlyMap<string, IModule>;

/**
 * Checks the tree against the list of entry points: each listed file exists and is imported by nobody, every product
 * module is reached from a listed file, an npm script, the catalogue, the benchmark or a template, and no other file names a source
 * file in a string.
 * @returns `rule: what`, one line a violation.
 */
export async function checkEntryPoints(root: string, cruised: readonly IModule[]): Promise<readonly string[]> {
  const modules: Modules = new Map(cruised.map((module) => [module.source, module]));
  const listed = (await readList(root)).map((file) => `${file}.ts`);
  const names = new Set([...modules.keys()].filter(isProduct).map(nameOf));
  return [
    ...listed.filter((file) => !modules.has(file)).map((file) => `entry-point-missing: ${LIST} → ${file}`),
    ...importedEntryPoints(modules, new Set(listed)),
    ...unreachableModules(modules, [...listed, ...scriptFiles(root), ...templateImports(root)]),
    ...[...modules.keys()].flatMap((path) => pathsInStrings(root, path, { listed: new Set(listed), names })),
  ];
}

/** Evaluates the list of this tree, which need not be the one that this program was loaded with. */
async function readList(root: string): Promise<readonly string[]> {
  if (!existsSync(join(root, LIST))) return [];
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  const { outputText } = ts.transpileModule(readFileSync(join(root, LIST), 'utf8'), { compilerOptions });
  const address = `data:text/javascript;base64,${Buffer.from(outputText).toString('base64')}`;
  const list = (await import(address)) as { readonly entryPoints: typeof entryPoints };
  return Object.values(list.entryPoints).map(({ file }) => file);
}

/** A file that runs when it is imported must not be; its types may. */
const importedEntryPoints = (modules: Modules, listed: ReadonlySet<string>): readonly string[] =>
  [...modules.values()].flatMap(({ source, dependencies }) =>
    dependencies
      .filter(({ resolved, dependencyTypes }) => listed.has(resolved) && !dependencyTypes.includes('type-only'))
      .map(({ resolved }) => `entry-point-imported: ${source} → ${resolved}`),
  );

/** TypeScript files that an npm script names. */
function scriptFiles(root: string): readonly string[] {
  if (!existsSync(join(root, 'package.json'))) return [];
  const { scripts = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly scripts?: Readonly<Record<string, string>>;
  };
  return Object.values(scripts).flatMap((command) => command.match(/[\w./-]+\.ts\b/g) ?? []);
}

/** Modules that the templates of a new model import; a model's folder lies two levels down, so `../`s lead to the root. */
function templateImports(root: string): readonly string[] {
  const folder = join(root, 'scripts/templates');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.template'));
  return files.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/from '(?:\.\.\/)+([^']+)\.js'/g)].map(
      ([, path]) => `${path}.ts`,
    ),
  );
}

const isProduct = (path: string): boolean =>
  rooms.some((room) => path.startsWith(`${room}/`)) && path.endsWith('.ts') && !/\.(test|d)\.ts$/.test(path);

function unreachableModules(modules: Modules, named: readonly string[]): readonly string[] {
  const found = [...modules.keys()].filter((path) => foundInFolders.some((pattern) => pattern.test(path)));
  const reached = reachedFrom([...named, ...found.filter(isProduct)], modules);
  return [...modules.keys()]
    .filter((path) => isProduct(path) && !reached.has(path))
    .map((path) => `unreachable-module: ${path} is reached by no entry point, npm script, model or benchmark`);
}

function reachedFrom(starts: readonly string[], modules: Modules): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [...starts];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    waiting.push(...(modules.get(path)?.dependencies ?? []).map(({ resolved }) => resolved));
  }
  return reached;
}

/** Strings that name one of our files, for starting it behind the checker's back. Scripts print and write file names. */
function pathsInStrings(root: string, path: string, known: KnownFiles): readonly string[] {
  if (!isProduct(path) || path.startsWith('scripts/') || path === LIST || path === RESOLVER) return [];
  return stringsIn(join(root, path))
    .filter((text) => namesSourceFile(text, known))
    .map((text) => `path-outside-entry-points: ${path} names '${text}'; list it in ${LIST}`);
}

interface KnownFiles {
  readonly listed: ReadonlySet<string>;
  /** Names without folder and ending. */
  readonly names: ReadonlySet<string>;
}

/** `index.ts` and `monitoring.ts` are what the catalogue looks for in each model's folder. */
function namesSourceFile(text: string, { listed, names }: KnownFiles): boolean {
  if (listed.has(`${text}.ts`)) return true;
  if (!/^[\w./-]+$/.test(text) || /^(index|monitoring)\.[jt]s$/.test(text)) return false;
  return /(\.[mc]?[jt]s|-(main|child|worker))$/.test(text) && names.has(nameOf(text));
}

const nameOf = (path: string): string => basename(path).replace(/\.[mc]?[jt]s$/, '');

/** Texts of a file, and the fixed parts of templates; what stands in an import is checked as an import. */
function stringsIn(path: string): readonly string[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isImportTypeNode(node)) return;
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts;
}
