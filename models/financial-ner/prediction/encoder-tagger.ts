import { z } from 'zod';
import type { ArtefactFiles } from '../../../contracts/model-definition.js';
import { readJson, writeJson } from '../../../learning/artefact/index.js';
import { joinWindows, openArtefactEncoder, windowsFor } from '../../../learning/text/encoder/index.js';
import {
  createTagger,
  decodeDecoding,
  openCrfScores,
  poolScores,
  type OpinionPool,
  type SentenceScores,
  type Tagger,
} from '../../../learning/text/sequence-tagging/index.js';

/** Files of the encoder; those of the conditional random field (CRF) are `taggerFiles`. */
export const encoderFiles = { model: 'encoder.onnx', tokenizer: 'tokenizer.json' } as const;
const POOL = 'pool.json';

/** `pool.json`. Its stored names predate those of `OpinionPool`: `words` is the encoder, `field` the CRF. */
const pool = z.strictObject({
  schemaVersion: z.literal(1),
  words: z.number(),
  field: z.number(),
  /** Maximum length of a window in word pieces. */
  maximumLength: z.int().min(3),
});

/** Writes `pool.json`. @param maximumLength - pieces per window of the encoder. */
export const encodePool = ({ encoder, crf }: OpinionPool, maximumLength: number): Record<string, Uint8Array> => ({
  [POOL]: writeJson({ schemaVersion: 1, words: encoder, field: crf, maximumLength }),
});

/**
 * Opens the encoder's scores per word; words without a piece (control characters) have zero scores.
 * @throws PipelineError `ARTEFACT_INVALID`.
 */
export async function openEncoderScores(
  files: ArtefactFiles,
  labels: number,
  maximumLength: number,
): Promise<SentenceScores> {
  const session = await openArtefactEncoder(files, encoderFiles, { maximumLength, threads: 1 });
  const cut = windowsFor(session.tokenizer, maximumLength);
  return {
    async score(sentences) {
      const windows = sentences.map(cut);
      const parts = windows.flatMap((own, s) => own.map(({ first, last }) => sentences[s]!.slice(first, last)));
      const logits = await session.wordLogits(parts);
      let next = 0;
      return windows.map((own) => {
        const joined = joinWindows(own, logits.slice(next, (next += own.length)));
        const scores = new Float64Array(joined.length * labels);
        joined.forEach((word, i) => word && scores.set(word, i * labels));
        return scores;
      });
    },
    close: () => session.close(),
  };
}

/** Opens the pooled scores of encoder and CRF. */
async function openPooledScores(files: ArtefactFiles, labels: number): Promise<SentenceScores> {
  const { words, field, maximumLength } = readJson(files, POOL, pool);
  const weights: OpinionPool = { encoder: words, crf: field };
  const crf = await openCrfScores(files, labels);
  const encoder = await openEncoderScores(files, labels, maximumLength);
  return {
    async score(sentences) {
      const [byEncoder, byCrf] = [await encoder.score(sentences), await crf.score(sentences)];
      return sentences.map((_, i) => poolScores({ encoder: byEncoder[i]!, crf: byCrf[i]! }, weights));
    },
    async close() {
      await encoder.close();
      await crf.close();
    },
  };
}

/** Opens the tagger of the fine-tuned engine: encoder and CRF, pooled. @throws PipelineError `ARTEFACT_INVALID`. */
export async function openEncoderTagger(files: ArtefactFiles): Promise<Tagger> {
  const decoding = decodeDecoding(files);
  return createTagger(decoding, await openPooledScores(files, decoding.set.labels.length));
}
