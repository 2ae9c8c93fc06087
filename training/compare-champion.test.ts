import { describe, expect, it } from 'vitest';
import { pipelineError } from '../contracts/errors.js';
import { compareWithChampion } from './compare-champion.js';
import type { ScoredArtefact, ScoringContext } from './score-parts.js';

const hash = (digit: string): string => digit.repeat(64);

describe('a champion whose signature is refused', () => {
  const compare = (fault: Error) => {
    const scoring = { requireSigned: () => Promise.reject(fault) } as unknown as ScoringContext;
    const champion = { version: '1.2.0', artefactHash: hash('a'), evaluationHash: hash('e'), signatureHash: hash('b') };
    const challenger = { signatureHash: hash('c') } as unknown as ScoredArtefact;
    return compareWithChampion(scoring, challenger, { champion } as never);
  };

  it('is not loaded, and cannot be compared, so that its gate fails', async () => {
    for (const fault of [
      pipelineError('ARTEFACT_UNSIGNED', { artefactHash: hash('a') }),
      pipelineError('SIGNATURE_REFUSED', { subject: 'the artefact', finding: 'was changed' }),
    ]) {
      const reason = `champion 1.2.0 may not be loaded: ${fault.message}`;
      const incomparable = { version: '1.2.0', reason, signatureChanged: false };
      expect(await compare(fault)).toMatchObject({ pooled: null, window: null, incomparable, notes: [reason] });
    }
  });

  it('is an error when the signature cannot be looked up', async () => {
    const outage = pipelineError('KEY_NOT_FOUND', { name: 'artefacts', finding: 'is not there' });
    await expect(compare(outage)).rejects.toBe(outage);
  });
});
