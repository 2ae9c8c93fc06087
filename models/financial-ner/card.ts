import type { CardFacts } from '../../contracts/model-definition.js';

/** Facts of the model card; README.md has the details. */
export const card: CardFacts = {
  purpose:
    'Finds amounts, dates, merchants, accounts, persons, organisations and other entities in chat messages and ' +
    'statement lines, each with a calibrated confidence, a normalised value and a link to a known name.',
  intendedUsers: 'The chat backend that fills in forms; analysts who tag statement lines.',
  outOfScope: [
    'Moving money on an amount or payee that was read from a text: ask the customer to confirm.',
    'Redaction: an entity that is missed stays visible, so this is no privacy filter.',
    'Entity types that are not in the training annotations; identifiers with a checksum are found by rule.',
  ],
  limits: [
    'Names are found by form and context; a name in an unusual place is missed more often than a known one.',
    'A date is read against the reference day that comes with the request; without one it has no value.',
    'The confidence is calibrated on texts like those in training; other channels or languages shift it.',
    'Links go to names of the training text and the backend alone.',
  ],
  ethics: [
    'The artefact holds words and names of the training texts: treat it as personal data.',
    'Names of some communities are rarer in training and missed more often: read the slices by language.',
  ],
};
