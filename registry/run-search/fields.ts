import { nearestHint } from '../../contracts/nearest-name.js';

/** What the values of a field are. */
export type FieldKind = 'number' | 'text' | 'time' | 'json';

/** Fields of a run by name: their kind and what they are. */
export const runFields = {
  model: { kind: 'text', meaning: 'name of the model' },
  line: { kind: 'text', meaning: 'line of its data' },
  decision: { kind: 'text', meaning: 'registered, rejected, unchanged, skipped, failed, cancelled or running' },
  run: { kind: 'text', meaning: 'id of its workflow' },
  parent: { kind: 'text', meaning: 'id of the retraining that it belongs to' },
  trigger: { kind: 'text', meaning: 'schedule, drift, backfill, rerun or command' },
  version: { kind: 'text', meaning: 'version that it registered' },
  started: { kind: 'time', meaning: 'when it began: a day or a moment in UTC' },
  ended: { kind: 'time', meaning: 'when it ended' },
  duration: { kind: 'number', meaning: 'seconds' },
  seed: { kind: 'number', meaning: 'seed of everything random' },
  code: { kind: 'text', meaning: 'version of the program, with the commit' },
  dataset: { kind: 'text', meaning: 'hash of its data set' },
  snapshot: { kind: 'text', meaning: 'hash of the snapshot of its data set' },
  artefact: { kind: 'text', meaning: 'hash of its artefact' },
  reason: { kind: 'text', meaning: 'stated when it was started' },
  note: { kind: 'text', meaning: 'any of its notes' },
} as const satisfies Readonly<Record<string, { readonly kind: FieldKind; readonly meaning: string }>>;
export type RunFieldName = keyof typeof runFields;

/** Fields with a name of their own after a point. */
export const namedFields = {
  metrics: { kind: 'number', meaning: 'a metric of the evaluation' },
  series: { kind: 'number', meaning: 'any step of a metric that is logged by step' },
  params: { kind: 'json', meaning: 'a hyper-parameter' },
  tags: { kind: 'text', meaning: 'a tag' },
} as const satisfies Readonly<Record<string, { readonly kind: FieldKind; readonly meaning: string }>>;
export type NamedFieldGroup = keyof typeof namedFields;

/** A field of a filter: of the run itself, or one with a name in a group. */
export type Field =
  | { readonly group: null; readonly name: RunFieldName; readonly kind: FieldKind }
  | { readonly group: NamedFieldGroup; readonly name: string; readonly kind: FieldKind };

const isRunField = (name: string): name is RunFieldName => Object.hasOwn(runFields, name);
const isGroup = (name: string): name is NamedFieldGroup => Object.hasOwn(namedFields, name);

/** A field by the words that name it; a sentence where there is none. */
export function findField(first: string, second: string | null): Field | string {
  if (second !== null) {
    if (isGroup(first)) return { group: first, name: second, kind: namedFields[first].kind };
    return `there is no group "${first}"${nearestHint(first, Object.keys(namedFields))}; known: ${Object.keys(namedFields).join(', ')}`; // prettier-ignore
  }
  if (isRunField(first)) return { group: null, name: first, kind: runFields[first].kind };
  if (isGroup(first)) return `${first} wants a name after a point, such as ${first}.aucRoc`;
  const known = [...Object.keys(runFields), ...Object.keys(namedFields).map((group) => `${group}.…`)];
  return `there is no field "${first}"${nearestHint(first, Object.keys(runFields))}; known: ${known.join(', ')}`;
}
