import type { CardFacts } from '../../contracts/model-definition.js';

/** What a reader of the model card is told; README.md says the same at length. */
export const card: CardFacts = {
  purpose:
    "Finds transactions that do not fit the customer's own past: too large for what the customer pays there, " +
    'somewhere new, in the night, minutes apart, at a merchant where misuse was confirmed before.',
  intendedUsers: 'Fraud analysts who review alerts in the order of the score; the backend that raises them.',
  outOfScope: [
    'Blocking payments on its own: an alert is a reason to look, not a finding.',
    'Money laundering, bonus abuse and other schemes that are spread over many ordinary transactions.',
    'Univariate streams (one value at a time, such as the load of a server): nothing in them is the past of a customer.',
    'Customers with no past: their first transactions are judged by size, time and merchant alone.',
  ],
  limits: [
    'Misuse that looks like the customer is not found; a customer who changes habits raises alerts.',
    'A label is a dispute that arrived: what nobody reported counts as honest, in training and in the metrics.',
    'The score ranks and is no probability; it is comparable within one version only.',
    'The alert rate is what the contamination says on training days; it drifts when behaviour does.',
  ],
  ethics: [
    'Age, gender and place of residence are not features; unusual hours and merchants can stand in for a way of life.',
    'People who travel, work at night or support relatives are flagged more often: look at the reasons, not the score.',
    'Say to a customer why a payment was held; every alert comes with its reasons.',
  ],
};
