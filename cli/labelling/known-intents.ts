import type { Connection } from '../program/context.js';
import { DEFAULT_LINE } from '../../contracts/ids.js';
import { decision, type Decision } from '../../models/intent-classifier/prediction/decision.js';
import { readText } from '../../learning/artefact/index.js';
import { parseLabels } from '../../models/intent-classifier/data/label-set.js';
import { loadArtefact } from '../../registry/artefacts.js';
import { OWN_SOURCE } from '../runs/ensure-source.js';

export const INTENT_MODEL = 'intent-classifier';

/** The champion's line of a source: the generated and the own backend share `default`. */
export const lineOf = (source: string): string =>
  source === 'generated' || source === OWN_SOURCE ? DEFAULT_LINE : source;

/** How the champion of a line turns scores into answers; null where there is no champion. */
export async function championDecision({ services }: Connection, line: string): Promise<Decision | null> {
  const champion = await services.registry.findChampion(INTENT_MODEL, line);
  if (champion === null) return null;
  const { files } = await loadArtefact(services.blobs, champion.artefactHash);
  return readText(files, 'decision.json', (text) => decision.parse(JSON.parse(text)));
}

async function labelledIntents({ services }: Connection, source: string): Promise<string[]> {
  const { rows } = await services.backendPool.query<{ intent: string }>(
    'select distinct intent from backend.chat_messages where source = $1 and intent is not null',
    [source],
  );
  return rows.flatMap(({ intent }) => parseLabels(intent));
}

/** Intents that a label may name: those of the source's labelled messages and those that its champion learned. */
export async function knownIntents(connection: Connection, source: string): Promise<Set<string>> {
  const learned = (await championDecision(connection, lineOf(source)))?.classes ?? [];
  return new Set([...learned, ...(await labelledIntents(connection, source))]);
}
