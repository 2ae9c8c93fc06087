import { PipelineError, pipelineError } from '../../contracts/errors.js';
import { referenceOf } from '../../contracts/feature-view.js';
import { definedViews, findView } from '../../feature-store/definitions/index.js';
import { loadCatalogue } from '../../models/catalogue.js';
import type { Lineage, LineageNode } from '../../registry/lineage/lineage.js';
import { renderMermaid } from '../../registry/lineage/mermaid.js';
import { lineageOfModel, lineageOfView } from '../../registry/lineage/read-lineage.js';
import type { CliContext } from '../program/context.js';

export interface LineageOptions {
  readonly line?: string;
  readonly modelVersion?: string;
  readonly mermaid?: true;
}

const kinds: readonly LineageNode['kind'][] = ['query', 'snapshot', 'file', 'view', 'dataset', 'version', 'online'];

/** One row a node, in the order of the way of the data, with what each was made of. */
function rowsOf({ nodes, edges }: Lineage): string[][] {
  const ordered = [...nodes].sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
  const labelOf = ({ name, hash, kind }: LineageNode): string =>
    kind === 'view' || kind === 'version' || hash === null ? name : `${name} ${hash.slice(0, 12)}`;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return ordered.map((node) => {
    const origins = edges.filter(({ to }) => to === node.id).map(({ from }) => labelOf(byId.get(from)!));
    const from = node.kind === 'snapshot' ? `${origins.length} queries` : origins.join(', ') || '–';
    return [node.kind, labelOf(node), node.detail, from];
  });
}

async function readLineage(cli: CliContext, what: string, options: LineageOptions): Promise<Lineage> {
  const { line, modelVersion: version } = options;
  const isModel = (await loadCatalogue()).some(({ name }) => name === what);
  const choice = { views: definedViews, ...(line !== undefined && { line }) };
  if (isModel) {
    const { services } = await cli.connect();
    const lineage = await lineageOfModel(services, what, { ...choice, ...(version !== undefined && { version }) });
    if (lineage.nodes.length === 0 && (line ?? version) !== undefined) throw nothingChosen(what, options);
    return lineage;
  }
  const view = await viewCalled(what);
  if (version !== undefined)
    throw new PipelineError('INVALID_INPUT', `--model-version chooses a version of a model; ${what} is a feature view`);
  const { services } = await cli.connect();
  return lineageOfView(services, view, choice);
}

/** No version of the model is in the line, or has the number, that was asked for. */
function nothingChosen(modelName: string, { line, modelVersion }: LineageOptions): PipelineError {
  const of = line === undefined ? modelName : `${modelName} (line ${line})`;
  const wanted = modelVersion === undefined ? 'version that is not archived' : `version ${modelVersion}`;
  const details = {
    modelName,
    ...(line !== undefined && { line }),
    ...(modelVersion !== undefined && { version: modelVersion }),
  };
  return new PipelineError('VERSION_NOT_FOUND', `${of} has no ${wanted}`, details);
}

/** @throws PipelineError `VIEW_NOT_FOUND` naming views and models, because either could be meant. */
async function viewCalled(what: string) {
  try {
    return findView(what);
  } catch {
    const models = (await loadCatalogue()).map(({ name }) => name);
    throw pipelineError('VIEW_NOT_FOUND', { reference: what, known: [...definedViews.map(referenceOf), ...models] });
  }
}

/**
 * Prints what a view or the versions of a model were made of.
 * @throws PipelineError `VIEW_NOT_FOUND` for what is neither; `VERSION_NOT_FOUND` for a line or version without any; `INVALID_INPUT`.
 */
export async function showLineage(cli: CliContext, what: string, options: LineageOptions): Promise<void> {
  const lineage = await readLineage(cli, what, options);
  cli.out.result(options.mermaid ? { ...lineage, mermaid: renderMermaid(lineage) } : lineage, () => {
    if (options.mermaid) for (const line of renderMermaid(lineage).split('\n')) cli.out.line(line);
    else if (lineage.nodes.length === 0)
      cli.out.line(`Nothing is recorded of ${what} yet: train a model, or run the data pipeline.`); // prettier-ignore
    else cli.out.table({ head: ['kind', 'name', 'detail', 'made of'], rows: rowsOf(lineage) });
    for (const note of lineage.notes) cli.out.notice(note);
  });
}
