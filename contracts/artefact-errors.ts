import { composed, row } from './error-row.js';

/** Codes of what a version consists of. */
export const artefactErrors = {
  ARTEFACT_INVALID: composed(500, 1, 'An artefact lacks a file or has a manifest that this version cannot read.'),
  ARTEFACT_UNSIGNED: row(
    409,
    1,
    'An artefact has no signature and is not loaded; artefacts of before are signed by `ml keys sign-artefacts`.',
    ({ artefactHash }: { artefactHash: string }) =>
      `the artefact ${artefactHash.slice(0, 12)} has no signature; if nobody but this system can have written it, sign ` +
      'it: ml keys sign-artefacts',
  ),
  SIGNATURE_REFUSED: row(
    409,
    1,
    'No key that is trusted here has signed this artefact as it is; `ml models verify` lists its signatures.',
    ({ subject, finding }: { subject: string; finding: string }) => `the signature of ${subject} ${finding}`,
  ),
  ARTEFACT_OUTDATED: row(
    409,
    1,
    'An artefact is of another definition of its model, and the program cannot answer by it; train a new version.',
    ({ found, wanted }: { found: string; wanted: string }) =>
      `the artefact has ${found}; wanted ${wanted}: train a new version`,
  ),
};
