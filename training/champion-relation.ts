import type { ChampionRelation } from '../registry/champion-gate.js';
import type { Champion } from './compare-champion.js';

type Version = Pick<Champion, 'version' | 'signatureHash' | 'definitionHash' | 'datasetHash' | 'artefactHash'>;

/** What a run learned from, and what it gave. */
export interface Challenger extends Pick<Champion, 'signatureHash' | 'datasetHash' | 'artefactHash'> {
  /** Of runs that recorded it; those without are a change. */
  readonly definitionHash?: string | undefined;
}

const isSameModel = (one: Version, { definitionHash, signatureHash }: Challenger): boolean =>
  one.definitionHash === definitionHash && one.signatureHash === signatureHash;

const isSameData = (one: Version, { datasetHash }: Challenger): boolean => one.datasetHash === datasetHash;

/**
 * A refresh learned the champion's definition from another data set, a repetition gave a version's artefact once more; all
 * else is a change, also another seed on the same data.
 * @param repeats - the version that has the challenger's artefact, where it is not the champion.
 * @returns null for a line without champion.
 */
export function relationTo(
  champion: Version | null,
  challenger: Challenger,
  repeats?: Version,
): ChampionRelation | null {
  if (champion === null) return null;
  const { version } = champion;
  const repeated = champion.artefactHash === challenger.artefactHash ? champion : repeats;
  if (repeated === undefined) {
    const isRefresh = isSameModel(champion, challenger) && !isSameData(champion, challenger);
    return { version, kind: isRefresh ? 'refresh' : 'change' };
  }
  const differs = [
    ...(isSameData(repeated, challenger) ? [] : ['data']),
    ...(isSameModel(repeated, challenger) ? [] : ['definition']),
  ];
  return { version, kind: 'repetition', repeats: repeated.version, differs };
}
