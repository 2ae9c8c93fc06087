import type { EntityStateView } from '../../contracts/entity-state.js';
import { PipelineError } from '../../contracts/errors.js';
import { type FeatureView, referenceOf } from '../../contracts/feature-view.js';
import { isSynthetic, lineOfSource } from '../../contracts/ids.js';
import { definedViews, featureViews } from '../../feature-store/definitions/index.js';
import { onlineNameOf } from '../../feature-store/online/online-name.js';
import { type Freshness, freshnessOf, isStale } from '../../feature-store/online/freshness.js';
import type { OnlineState, OnlineStore, OnlineValue } from '../../feature-store/online/online-store.js';
import { loadCatalogue } from '../../models/catalogue.js';
import { formatAsOf, formatDecimals, GENERATED_DATA_END } from '../output/format.js';
import { sparkline } from '../output/sparkline.js';
import type { Output } from '../output/output.js';
import type { CliContext } from '../program/context.js';
import { percent, showViewDays, viewDays, type ViewDays } from './feature-days-view.js';

export interface FeatureOptions {
  readonly source?: string;
  readonly view?: string;
}
export interface StatusOptions extends FeatureOptions {
  /** Of the course of unknown values. */
  readonly days: number;
}

interface FoundFeatures {
  readonly view: FeatureView;
  readonly value: OnlineValue | null;
}
interface FoundState {
  readonly view: EntityStateView;
  readonly value: OnlineState | null;
}

/** Characters of a state that are printed; `--json` has all of it. */
const MOST_CHARACTERS = 1_000;

const entityStates = async (): Promise<EntityStateView[]> =>
  (await loadCatalogue()).flatMap(({ states = [] }) => states);

/** Prints what is stored of one entity. @throws PipelineError `INVALID_INPUT` for an unknown view or state. */
export async function showFeatures(cli: CliContext, entity: string, options: FeatureOptions): Promise<void> {
  const { views, states } = chosen(options.view, await entityStates());
  const { services } = await cli.connect();
  const source = options.source ?? (await services.catalog.active());
  const found = await readFeatures(services.onlineStore, { source, entity }, views);
  const foundStates = await readStates(services.onlineStore, { source, entity }, states);
  const documents = { views: found.map(featuresDocument), states: foundStates.map(stateDocument) };
  cli.out.result({ source, entity, ...documents }, () => {
    for (const features of found) printView(cli.out, { source, entity }, features);
    for (const state of foundStates) printState(cli.out, { source, entity }, state);
  });
}

interface Entity {
  readonly source: string;
  readonly entity: string;
}

const readFeatures = (store: OnlineStore, { source, entity }: Entity, views: readonly FeatureView[]) =>
  Promise.all(
    views.map(async (view): Promise<FoundFeatures> => {
      const [value = null] = await store.get(source, onlineNameOf(view), [entity]);
      return { view, value };
    }),
  );

const readStates = (store: OnlineStore, { source, entity }: Entity, views: readonly EntityStateView[]) =>
  Promise.all(
    views.map(async (view): Promise<FoundState> => {
      const [value = null] = await store.getStates(source, view.name, [entity]);
      return { view, value };
    }),
  );

function chosen(name: string | undefined, states: readonly EntityStateView[]) {
  if (name === undefined) return { views: featureViews, states };
  const found = {
    views: [
      ...featureViews.filter((view) => view.name === name),
      ...definedViews.filter((view) => referenceOf(view) === name),
    ],
    states: states.filter((state) => state.name === name),
  };
  if (found.views.length + found.states.length > 0) return found;
  const known = [...definedViews.map(referenceOf), ...states.map((state) => state.name)];
  const message = `there is no feature view or state ${name}; known: ${known.join(', ')}`;
  throw new PipelineError('INVALID_INPUT', message, { known });
}

/** Unknown features are null: JSON has no NaN. */
function featuresDocument({ view, value }: FoundFeatures): Record<string, unknown> {
  if (value === null) return { view: view.name, version: view.version, found: false };
  const features = view.fields.map(({ name }, index) => [name, finiteOrNull(value.features[index])]);
  return { view: view.name, ...storedAs(view, value), features: Object.fromEntries(features) };
}

function stateDocument({ view, value }: FoundState): Record<string, unknown> {
  const { name, entity } = view;
  if (value === null) return { state: name, entity, version: view.version, found: false };
  return { state: name, entity, ...storedAs(view, value), value: value.state };
}

const storedAs = (view: FeatureView | EntityStateView, { viewVersion, eventTime }: OnlineValue | OnlineState) => ({
  version: viewVersion,
  found: true,
  asOf: new Date(eventTime).toISOString(),
  stale: isStale(view, eventTime, Date.now()),
});

const finiteOrNull = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

const printMissing = (out: Output, name: string, entity: string): void =>
  out.line(`${name}: nothing stored for ${entity}`);

interface Found {
  readonly source: string;
  readonly view: FeatureView | EntityStateView;
  readonly value: OnlineValue | OnlineState;
}

function printHead(out: Output, { source, view, value }: Found): void {
  const now = new Date();
  const stale = isStale(view, value.eventTime, now.getTime());
  const why = isSynthetic(lineOfSource(source)) ? GENERATED_DATA_END : null;
  const asOf = formatAsOf(new Date(value.eventTime), now, stale, why);
  out.line(`${out.paint.bold(view.name)} v${value.viewVersion}, as of ${asOf}`);
}

function printView(out: Output, { source, entity }: Entity, { view, value }: FoundFeatures): void {
  if (value === null) {
    printMissing(out, view.name, entity);
    return;
  }
  printHead(out, { source, view, value });
  const rows = view.fields.map(({ name, unit, description }, index) => {
    const known = finiteOrNull(value.features[index]);
    return [name, known === null ? 'unknown' : formatDecimals(known), unit, description];
  });
  out.table({ head: ['feature', 'value', 'unit', 'meaning'], rows, right: ['value'] });
}

function printState(out: Output, { source, entity }: Entity, { view, value }: FoundState): void {
  if (value === null) {
    printMissing(out, view.name, entity);
    return;
  }
  printHead(out, { source, view, value });
  const json = JSON.stringify(value.state);
  const rest = json.length - MOST_CHARACTERS;
  out.line(rest > 0 ? `${json.slice(0, MOST_CHARACTERS)} … ${rest} characters more, --json prints all` : json);
}

/** Prints, for each view and state, what was written last and whether it is stale by its event time. */
export async function showStatus(cli: CliContext, options: StatusOptions): Promise<void> {
  const { services } = await cli.connect();
  const source = options.source ?? (await services.catalog.active());
  const { view, days } = options;
  if (view !== undefined) return showViewDays(cli, { view, source, days });
  const courses = viewDays(await services.featureStatistics.list({ source, days }));
  const now = Date.now();
  const wanted = { views: definedViews, states: await entityStates(), now };
  const found = await freshnessOf(services.onlineStore, source, wanted);
  cli.out.result(
    { source, store: services.onlineStore.kind, views: found.map((one) => statusDocument(one, courses)) },
    () => {
      cli.out.line(`source ${source}, online store in ${services.onlineStore.kind}`);
      const rows = found.map((one) => [...statusRow(one, new Date(now)), ...courseOf(courseOfView(one, courses))]);
      cli.out.table({ head: statusHead, rows, right: ['entities', 'unknown', 'out of range'] });
      cli.out.line('The fields of a view: ml features status --view <name>. As served: ml features parity.');
    },
  );
}

const statusHead = ['name', 'kind', 'version', 'entities', 'as of', 'state', 'unknown', 'course', 'out of range'];

type Courses = ReadonlyMap<string, ViewDays>;

const courseOfView = ({ kind, name, version }: Freshness, courses: Courses): ViewDays | undefined =>
  kind === 'feature view' ? courses.get(referenceOf({ name, version })) : undefined;

const courseOf = (course: ViewDays | undefined): readonly string[] =>
  course === undefined
    ? ['–', '', '–']
    : [
        percent(course.missingRate),
        sparkline(course.days.map(({ missingRate }) => missingRate)),
        String(course.outOfRange),
      ];

function statusDocument(status: Freshness, courses: Courses): Record<string, unknown> {
  const { kind, name, version, written, state } = status;
  const { missingRate = null, outOfRange = null, days = [] } = courseOfView(status, courses) ?? {};
  return { kind, name, version, ...writtenDocument(written), state, missingRate, outOfRange, days };
}

function writtenDocument(written: Freshness['written']): Record<string, unknown> {
  if (written === null) return { storedVersion: null, entities: null, asOf: null, oldestAsOf: null, writtenAt: null };
  const { version, entities, eventTime, wholeEventTime = eventTime, writtenAt } = written;
  const iso = (moment: number): string => new Date(moment).toISOString();
  const times = { asOf: iso(eventTime), oldestAsOf: iso(wholeEventTime), writtenAt: iso(writtenAt) };
  return { storedVersion: version, entities, ...times };
}

const statusRow = ({ kind, name, version, written, state }: Freshness, now: Date): readonly string[] =>
  written === null
    ? [name, kind, String(version), '–', '–', state]
    : [
        name,
        kind,
        written.version === version ? String(version) : `${written.version}, the code has ${version}`,
        written.entities.toLocaleString('en-US'),
        formatAsOf(new Date(written.eventTime), now, false),
        state,
      ];
