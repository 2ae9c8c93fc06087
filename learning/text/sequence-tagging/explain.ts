import { nextTurn } from '../../artefact/index.js';
import type { CrfScores, TaggedEntity, Tagger } from './tagger.js';
import { encodeSpans } from './labels.js';
import { tokenise } from './tokens.js';

/** A feature of a token with its weight for the token's label. */
export interface FeatureWeight {
  readonly token: string;
  /** Attribute and offset from the token: `lower[-1]`. */
  readonly feature: string;
  /** Contribution to the score of the label; positive supports it. */
  readonly weight: number;
}

/** An entity with the features that contribute most to it, by absolute weight. */
export interface ExplainedEntity {
  readonly entity: TaggedEntity;
  readonly reasons: readonly FeatureWeight[];
}

/** Reasons listed per entity. */
const MAXIMUM_REASONS = 12;

/** Entities that are explained in one turn of the event loop. */
const ENTITIES_A_TURN = 8;

/** Explains each entity of a text by the weights of its tokens' features for their decoded labels. */
export async function explainEntities(
  tagger: Tagger & { readonly scores: CrfScores },
  text: string,
): Promise<ExplainedEntity[]> {
  const { decoding, scores } = tagger;
  const [entities = []] = await tagger.tag([text]);
  const tokens = tokenise(text, decoding.tokeniser);
  const words = tokens.map((token) => token.text);
  const labels = encodeSpans(decoding.set, tokens, entities);
  // Called once per text, because the preparation takes time linear in the text's length.
  const describe = scores.extractor.describe(words);
  const explained: ExplainedEntity[] = [];
  let first = 0;
  for (const [k, entity] of entities.entries()) {
    if (k % ENTITIES_A_TURN === ENTITIES_A_TURN - 1) await nextTurn();
    const inside: number[] = [];
    while (first < tokens.length && tokens[first]!.end <= entity.start) first++;
    for (let i = first; i < tokens.length && tokens[i]!.end <= entity.end; i++) inside.push(i);
    const named = inside.flatMap((i) =>
      describe(i)
        .map(({ name, hash }) => ({ i, name, number: scores.index.find(hash) }))
        .filter(({ number }) => number > 0),
    );
    const weights = await scores.weightsOf([0, ...named.map(({ number }) => number)]);
    // Feature 0 (unknown) has zero weights, so its row holds the labels' offsets only.
    const offsets = weights[0]!;
    const reasons = named.map(({ i, name }, k) => ({
      token: words[i]!,
      feature: name,
      weight: weights[k + 1]![labels[i]!]! - offsets[labels[i]!]!,
    }));
    reasons.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
    explained.push({ entity, reasons: reasons.slice(0, MAXIMUM_REASONS) });
  }
  return explained;
}
