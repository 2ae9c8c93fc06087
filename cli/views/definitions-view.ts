import type { PublishedView } from '../../contracts/feature-log.js';
import { type DescribedView, referenceOf } from '../../contracts/feature-view.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import { definedViews, findView } from '../../feature-store/definitions/index.js';
import { hashesOf } from '../../feature-store/published/view-hashes.js';
import { loadCatalogue } from '../../models/catalogue.js';
import { formatTime } from '../output/format.js';
import type { CliContext } from '../program/context.js';

const DAY_SECONDS = 86_400;

/** Models of the code that read this version of a view. */
const readersOf = (view: DescribedView, models: readonly ModelDefinition[]): string[] =>
  models
    .filter(({ backend }) => backend.views.some((each) => referenceOf(each) === referenceOf(view)))
    .map(({ name }) => name);

const daysOf = ({ timeToLiveSeconds }: DescribedView): string => `${timeToLiveSeconds / DAY_SECONDS} days`;

function documentOf(view: DescribedView, published: PublishedView | undefined, models: readonly ModelDefinition[]) {
  const { name, version, entity, owner, description, tables, columns, timeToLiveSeconds, fields } = view;
  return {
    ...{ view: referenceOf(view), name, version, entity, owner, description, timeToLiveSeconds },
    ...{ tables, columns, fields, hashes: hashesOf(view), models: readersOf(view, models) },
    publishedAt: published?.publishedAt.toISOString() ?? null,
  };
}

async function publishedViews(cli: CliContext): Promise<readonly PublishedView[]> {
  const { services } = await cli.connect();
  return services.featureLog.listPublished();
}

const entryOf = (published: readonly PublishedView[], { name, version }: DescribedView): PublishedView | undefined =>
  published.find((each) => each.name === name && each.version === version);

/** Prints every version of every view that the code defines. */
export async function listViews(cli: CliContext): Promise<void> {
  const [models, published] = [await loadCatalogue(), await publishedViews(cli)];
  const found = definedViews.map((view) => documentOf(view, entryOf(published, view), models));
  cli.out.result({ views: found }, () => {
    const rows = definedViews.map((view) => {
      const entry = entryOf(published, view);
      const readers = readersOf(view, models).join(', ') || 'none';
      const when = entry === undefined ? 'by the next pipeline' : formatTime(entry.publishedAt);
      return [referenceOf(view), view.entity, String(view.fields.length), view.owner, daysOf(view), when, readers];
    });
    const head = ['view', 'entity', 'fields', 'owner', 'time to live', 'published (UTC)', 'read by'];
    cli.out.table({ head, rows, right: ['fields'] });
    for (const view of definedViews) cli.out.line(`${referenceOf(view)}: ${view.description}`);
  });
}

/** Prints one view with its fields. @throws PipelineError `VIEW_NOT_FOUND`. */
export async function showView(cli: CliContext, reference: string): Promise<void> {
  const view = findView(reference);
  const [models, published] = [await loadCatalogue(), await publishedViews(cli)];
  const entry = entryOf(published, view);
  const found = documentOf(view, entry, models);
  cli.out.result(found, () => {
    const { out } = cli;
    out.line(`${out.paint.bold(found.view)}: ${view.description}`);
    out.line(`entity ${view.entity}, owner ${view.owner}, stale after ${daysOf(view)}`);
    out.line(`reads ${view.tables.join(', ')}; read by ${found.models.join(', ') || 'no model'}`);
    const when = entry === undefined ? 'not published yet: the next pipeline does' : `published ${formatTime(entry.publishedAt)} UTC`; // prettier-ignore
    out.line(`${when}; definition ${found.hashes.definition.slice(0, 12)}, values ${found.hashes.golden.slice(0, 12)}`);
    const rows = view.fields.map(({ name, unit, description }) => [name, unit, description]);
    out.table({ head: ['field', 'unit', 'meaning'], rows });
  });
}
