import { PipelineError } from '../../contracts/errors.js';
import { lineOfSource } from '../../contracts/ids.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import { nearestName } from '../../contracts/nearest-name.js';
import type { Feedback } from '../../datasets/feedback/store-feedback.js';
import type { Route, RouteTable } from '../routing/route-table.js';

/**
 * Refuses labels of messages that hold names which no served version learned: a typing mistake would become a class of
 * its own. Whatever is said is taken while no version can tell.
 * @throws PipelineError `INVALID_VALUE` naming the nearest.
 */
export async function requireKnownLabel(table: RouteTable, model: ModelDefinition, feedback: Feedback): Promise<void> {
  const { labelling, name: modelName } = model;
  const { label, source } = feedback;
  if (label === null || labelling?.kind !== 'messages') return;
  const names = labelling.parseLabel(label).filter((name) => !labelling.isOutOfScope(name));
  const known = await learnedNames(table, modelName, lineOfSource(source));
  const unknown = names.find((name) => known.size > 0 && !known.has(name));
  if (unknown === undefined) return;
  const nearest = nearestName(unknown, known)!;
  const finding = `label: found a name that no served version of ${modelName} knows`;
  throw new PipelineError('INVALID_VALUE', `${finding}, the nearest known one is "${nearest}"`, { modelName, nearest });
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
