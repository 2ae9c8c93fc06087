import type { ChampionRelation } from '../registry/champion-gate.js';
import type { Champion } from './compare-champion.js';

/** What a run learned from, and what it gave. */
export interface Challenger extends Pick<Champion, 'signatureHash' | 'datasetHash' | 'artefactHash'> {
  /** Of runs that recorded it; those without are a change. */
  readonly definitionHash?: string | undefined;
}

/**
 * A refresh learned the champion's definition from another data set, a repetition gave its artefact once more; all else is
 * a change, also another seed on the same data. @returns null for a line without champion.
 */
export function relationTo(champion: Champion | null, challenger: Challenger): ChampionRelation | null {
  if (champion === null) return null;
  const { version } = champion;
  const isSameModel =
    champion.definitionHash === challenger.definitionHash && champion.signatureHash === challenger.signatureHash;
  const isSameData = champion.datasetHash === challenger.datasetHash;
  if (champion.artefactHash !== challenger.artefactHash)
    return { version, kind: isSameModel && !isSameData ? 'refresh' : 'change' };
  const differs = [...(isSameData ? [] : ['data']), ...(isSameModel ? [] : ['definition'])];
  return { version, kind: 'repetition', differs };
}
