import { z } from 'zod';
import { dateOrder } from '../../../contracts/dataset.js';
import {
  type ArtefactFiles,
  type AttributionMethod,
  attributionMethods,
  type Explained,
  type Predictor,
} from '../../../contracts/model-definition.js';
import { inTurns, nextTurn, readJson } from '../../../learning/artefact/index.js';
import { createLinker } from '../../../learning/text/entity-linking/index.js';
import {
  explainEntities,
  openCrfTagger,
  type ExplainedEntity,
  type Tagger,
} from '../../../learning/text/sequence-tagging/index.js';
import { attributeWords } from './attribute-words.js';
import { dictionary } from './dictionary.js';
import { openEncoderTagger } from './encoder-tagger.js';
import { enriching } from './enrich.js';
import { explainAnswer, type NerExplanation } from './explanation.js';
import { nerAnswer, nerRequest, type NerAnswer, type NerRequest } from './request.js';

const facts = z.strictObject({
  schemaVersion: z.literal(1),
  engine: z.enum(['from-scratch', 'fine-tuned']),
  notes: z.array(z.string()),
  /** How dates in numbers are written in the training texts; absent: with the day first. */
  dateOrder: dateOrder.optional(),
});
/** `facts.json`: facts on the training of an artefact. */
export type NerFacts = z.infer<typeof facts>;

/** Characters of a text from which on finding entities and reading their values are turns of the event loop each. */
const LONG_TEXT = 500;

/** The predictor with the members that evaluation and explanations use. */
export interface NerPredictor extends Predictor<NerRequest, NerAnswer> {
  readonly engine: NerFacts['engine'];
  /** Types that the model has learned; rules may find others. */
  readonly types: readonly string[];
  explain(request: NerRequest, method?: AttributionMethod): Promise<Explained<NerAnswer, NerExplanation>>;
}

interface OpenTagger {
  readonly tagger: Tagger;
  /** The model's entities with feature weights; [] for an encoder, which has none. */
  readonly featureWeights: (text: string) => Promise<ExplainedEntity[]>;
}

async function openTagger(files: ArtefactFiles, engine: NerFacts['engine']): Promise<OpenTagger> {
  if (engine === 'fine-tuned')
    return { tagger: await openEncoderTagger(files), featureWeights: () => Promise.resolve([]) };
  const tagger = await openCrfTagger(files);
  return { tagger, featureWeights: (text) => explainEntities(tagger, text) };
}

/**
 * Opens the predictor of an artefact: a text in, entities with confidence, value and links out. An answer does not depend
 * on the other requests of the call.
 * @throws PipelineError `ARTEFACT_INVALID`.
 */
export async function openPredictor(files: ArtefactFiles): Promise<NerPredictor> {
  const { engine, notes, dateOrder: usualOrder } = readJson(files, 'facts.json', facts);
  const linker = createLinker(readJson(files, 'dictionary.json', dictionary));
  const { tagger, featureWeights } = await openTagger(files, engine);
  const { types } = tagger.decoding.set;
  const predict = async (requests: readonly NerRequest[]): Promise<NerAnswer[]> => {
    const tagged = await tagger.tag(requests.map(({ text }) => text));
    const answers: NerAnswer[] = [];
    for (const [i, request] of requests.entries()) {
      if (request.text.length >= LONG_TEXT) await nextTurn(); // reading its words took as long as what follows
      const dateOrder = request.dateOrder ?? usualOrder;
      answers.push({ entities: await inTurns(enriching({ ...request, dateOrder }, tagged[i]!, { linker, types })) });
    }
    return answers;
  };
  return {
    input: nerRequest,
    output: nerAnswer,
    notes,
    engine,
    types,
    // Without the day of the message relative dates are found and have no value.
    coverage: ({ referenceDay }) => ({
      missing: referenceDay === undefined ? ['referenceDay'] : [],
      inputs: 2,
      fewestKnown: 1,
    }),
    predict,
    attributionMethods,
    async explain(request, method) {
      const [output] = await predict([request]);
      if (method !== undefined)
        return { output: output!, explanation: await attributeWords(tagger, request, output!, method) };
      await nextTurn(); // the text is read a second time
      const weights = await featureWeights(request.text);
      if (request.text.length >= LONG_TEXT) await nextTurn();
      return { output: output!, explanation: explainAnswer(request, output!, weights) };
    },
    close: () => tagger.close(),
  };
}
