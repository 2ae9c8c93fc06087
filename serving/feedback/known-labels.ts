import { PipelineError } from '../../contracts/errors.js';
import { correctableColumns } from '../../contracts/feedback.js';
import { lineOfSource } from '../../contracts/ids.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import { nearestName } from '../../contracts/nearest-name.js';
import type { Feedback } from '../../datasets/feedback/store-feedback.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';
import type { Route, RouteTable } from '../routing/route-table.js';

/** Names in feedback, and those that there are. */
interface GivenNames {
  readonly field: 'label' | 'entities';
  readonly names: readonly string[];
  readonly known: ReadonlySet<string>;
  /** Who does not know a name, for the message. */
  readonly notKnown: string;
}

/**
 * Refuses names that no served version learned, and values that a column of the backend does not have: a typing mistake
 * would become a class of its own. Whatever is said is taken while no version can tell.
 * @throws PipelineError `INVALID_VALUE` naming the nearest.
 */
export async function requireKnownLabel(table: RouteTable, model: ModelDefinition, feedback: Feedback): Promise<void> {
  const given = namesInColumn(feedback) ?? (await learnedOf(table, model, feedback));
  if (given === null) return;
  const { field, names, known, notKnown } = given;
  const unknown = names.find((name) => known.size > 0 && !known.has(name));
  if (unknown === undefined) return;
  const nearest = nearestName(unknown, known)!;
  const message = `${field}: found a name that ${notKnown}, the nearest known one is "${nearest}"`;
  throw new PipelineError('INVALID_VALUE', message, { modelName: model.name, nearest });
}

/** A label that corrects a column with a closed list of values. */
function namesInColumn({ corrects, label }: Feedback): GivenNames | null {
  if (corrects === null || corrects === 'entity_annotations' || label === null) return null;
  const { column } = correctableColumns[corrects];
  const { categories } = tableSpecs[corrects].columns.find(({ name }) => name === column)!;
  if (categories === undefined) return null;
  return {
    field: 'label',
    names: [label],
    known: new Set(categories),
    notKnown: `${corrects}.${column} does not have`,
  };
}

/** Names within a label that versions learn, intents or types of entities. */
async function learnedOf(table: RouteTable, model: ModelDefinition, feedback: Feedback): Promise<GivenNames | null> {
  const { labelling, name } = model;
  const { label, source } = feedback;
  if (label === null || labelling === undefined) return null;
  const known = await learnedNames(table, name, lineOfSource(source));
  const notKnown = `no served version of ${name} knows`;
  if (labelling.kind === 'spans')
    return { field: 'entities', names: labelling.readSpans(label, 0).map(({ type }) => type), known, notKnown };
  const names = labelling.parseLabel(label).filter((each) => !labelling.isOutOfScope(each));
  return { field: 'label', names, known, notKnown };
}

/** Names that the versions of a line, and all others that are open, learned. */
async function learnedNames(table: RouteTable, modelName: string, line: string): Promise<ReadonlySet<string>> {
  const asked = ({ record, artefact }: Route): boolean => record.line === line || artefact.isOpen();
  const routes = table.routes.filter((route) => route.record.modelName === modelName && asked(route));
  const learned = await Promise.all(routes.map(namesOf));
  return new Set(learned.flat());
}

/** None of a version that cannot be opened, which has an alert of its own. */
async function namesOf({ artefact }: Route): Promise<readonly string[]> {
  const borrowed = await artefact.borrow().catch(() => null);
  borrowed?.release();
  return borrowed?.open.learnedNames ?? [];
}
