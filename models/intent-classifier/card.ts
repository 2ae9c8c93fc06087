import type { CardFacts } from '../../contracts/model-definition.js';

/** Facts of the model card; README.md has the details. */
export const card: CardFacts = {
  purpose:
    'Tells what a customer wants from a chat message: one intent (or several, where training messages have several) with ' +
    'a calibrated probability, or that the message is none of the intents.',
  intendedUsers: 'The chat backend that routes messages; agents who see the suggestion and may correct it.',
  outOfScope: [
    'Carrying anything out on its own: a transfer, block or cancellation needs its own confirmation.',
    'Intents that are not in the training labels; they come back as out_of_scope or as the nearest known one.',
    'Judging the customer: mood, honesty, creditworthiness.',
  ],
  limits: [
    'Learns wordings, not meaning: in the from-scratch tier a paraphrase that shares no word or syllable is guessed.',
    'Languages count as far as training has them; the slices show accuracy by language.',
    'Out-of-scope rejection costs the set share of genuine messages; on CLINC150 one out-of-scope message in five is still accepted.',
    'Probabilities are calibrated on messages like those in training; after a change of customers or channels they drift.',
  ],
  ethics: [
    'Messages are personal: neither cards, logs nor samples repeat one.',
    'A customer whose dialect or spelling is rare is understood worse: read the slices and label such messages first.',
    'Always offer a person when the answer is out_of_scope or the confidence is low.',
  ],
};
