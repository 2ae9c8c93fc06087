import { PipelineError } from '../../contracts/errors.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import { featureViews } from '../../feature-store/definitions/index.js';
import type { OnlineValue } from '../../feature-store/online/online-store.js';
import type { CliContext } from '../program/context.js';
import { formatDecimals, formatTime } from '../output/format.js';
import type { Output } from '../output/output.js';

export interface FeatureOptions {
  readonly view?: string;
  readonly source?: string;
}

interface FoundFeatures {
  readonly view: FeatureView;
  readonly value: OnlineValue | null;
}

/** Prints the online features of one entity. @throws PipelineError `INVALID_INPUT` for an unknown view. */
export async function showFeatures(cli: CliContext, entity: string, options: FeatureOptions): Promise<void> {
  const views = chosenViews(options.view);
  const { services } = await cli.connect();
  const source = options.source ?? (await services.catalog.active());
  const found = await Promise.all(
    views.map(async (view): Promise<FoundFeatures> => {
      const [value = null] = await services.onlineStore.get(source, view.name, [entity]);
      return { view, value };
    }),
  );
  cli.out.result({ source, entity, views: found.map(asDocument) }, () => {
    for (const features of found) printView(cli.out, entity, features);
  });
}

function chosenViews(name: string | undefined): readonly FeatureView[] {
  if (name === undefined) return featureViews;
  const view = featureViews.find((candidate) => candidate.name === name);
  if (view) return [view];
  const known = featureViews.map((candidate) => candidate.name);
  throw new PipelineError('INVALID_INPUT', `there is no feature view ${name}; known: ${known.join(', ')}`, { known });
}

/** Unknown features are null: JSON has no NaN. */
function asDocument({ view, value }: FoundFeatures): Record<string, unknown> {
  if (value === null) return { view: view.name, version: view.version, found: false };
  const features = view.fields.map(({ name }, index) => [name, finiteOrNull(value.features[index])]);
  const asOf = new Date(value.eventTime).toISOString();
  return { view: view.name, version: value.viewVersion, found: true, asOf, features: Object.fromEntries(features) };
}

const finiteOrNull = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

function printView(out: Output, entity: string, { view, value }: FoundFeatures): void {
  if (value === null) {
    out.line(`${view.name}: nothing stored for ${entity}`);
    return;
  }
  out.line(`${out.paint.bold(view.name)} v${value.viewVersion}, as of ${formatTime(new Date(value.eventTime))}`);
  const rows = view.fields.map(({ name, unit, description }, index) => {
    const known = finiteOrNull(value.features[index]);
    return [name, known === null ? 'unknown' : formatDecimals(known), unit, description];
  });
  out.table({ head: ['feature', 'value', 'unit', 'meaning'], rows, right: ['value'] });
}
