import { type PipelineError, pipelineError } from '../../contracts/errors.js';
import { DEFAULT_LINE, lineOfSource, sourceOfLine, type Stage } from '../../contracts/ids.js';
import type { VersionRecord } from '../../contracts/registry.js';
import { versionNotFound } from '../../registry/choose-version.js';
import type { HeldArtefact } from './held-artefact.js';

/** A version that requests are routed to. */
export interface Route {
  readonly record: VersionRecord;
  readonly artefact: HeldArtefact;
}

/** What a request says about the version that is to answer. */
export interface RouteWish {
  /** @default the line of the source in use */
  readonly line?: string | undefined;
  /** @default production, else staging, else dev */
  readonly stage?: Stage | undefined;
  readonly version?: string | undefined;
}

/** Where requests go; replaced as a whole. */
export interface RouteTable {
  readonly routes: readonly Route[];
  /** Null: no source is in use yet. */
  readonly sourceInUse: string | null;
}

/** The table of a process that has read no registry yet. */
export const noRoutes: RouteTable = { routes: [], sourceInUse: null };

const precedence: Readonly<Record<Stage, number>> = { production: 0, staging: 1, dev: 2, archived: 3 };

/** Of two versions the one whose stage comes first. */
const preferred = (best: Route | undefined, other: Route): Route =>
  best === undefined || precedence[other.record.stage] < precedence[best.record.stage] ? other : best;

/** The line that answers when none is named. */
export const activeLine = ({ sourceInUse }: Pick<RouteTable, 'sourceInUse'>): string =>
  sourceInUse === null ? DEFAULT_LINE : lineOfSource(sourceInUse);

/** The version of a model that answers when a request says nothing about it. */
export const findDefaultRoute = (table: RouteTable, modelName: string): Route | undefined =>
  table.routes
    .filter(({ record }) => record.modelName === modelName && record.line === activeLine(table))
    .reduce<Route | undefined>(preferred, undefined);

/** What `findDefaultRoute` has found in each table: most requests ask for nothing else. */
const usualRoutes = new WeakMap<RouteTable, Map<string, Route | undefined>>();

function usualRoute(table: RouteTable, modelName: string): Route | undefined {
  const known = usualRoutes.get(table) ?? new Map<string, Route | undefined>();
  usualRoutes.set(table, known);
  if (!known.has(modelName)) known.set(modelName, findDefaultRoute(table, modelName));
  return known.get(modelName);
}

/**
 * The version that answers a request.
 * @throws PipelineError `VERSION_NOT_FOUND`; `SOURCE_MISMATCH` when only versions of another source could answer.
 */
export function findRoute(table: RouteTable, modelName: string, wish: RouteWish): Route {
  if (wish.line === undefined && wish.stage === undefined && wish.version === undefined) {
    const usual = usualRoute(table, modelName);
    if (usual !== undefined) return usual;
  }
  const line = wish.line ?? activeLine(table);
  const ofModel = table.routes.filter(({ record }) => record.modelName === modelName);
  const ofLine = ofModel.filter(({ record }) => record.line === line);
  const found = ofLine
    .filter(({ record }) => wish.stage === undefined || record.stage === wish.stage)
    .filter(({ record }) => wish.version === undefined || record.version === wish.version)
    .reduce<Route | undefined>(preferred, undefined);
  if (found !== undefined) return found;
  if (ofLine.length === 0 && wish.line === undefined) throw noneInUse(table, modelName, line, ofModel);
  throw versionNotFound({ modelName, line }, describeWish(wish), {
    serving: ofLine.map(({ record }) => record.version),
  });
}

function noneInUse(table: RouteTable, modelName: string, line: string, ofModel: readonly Route[]): PipelineError {
  const other = ofModel.find(({ record }) => record.dataset.origin.kind === 'snapshot')?.record;
  const inUse = table.sourceInUse ?? sourceOfLine(line);
  if (other === undefined) return versionNotFound({ modelName, line }, 'version that answers yet');
  const source = sourceOfLine(other.line);
  return pipelineError('SOURCE_MISMATCH', { modelName, version: other.version, line: other.line, source, inUse });
}

function describeWish({ stage, version }: RouteWish): string {
  const of = version === undefined ? 'version' : `version ${version}`;
  return stage === undefined ? `${of} that the API serves` : `${of} in ${stage}`;
}
