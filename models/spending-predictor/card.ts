import type { CardFacts } from '../../contracts/model-definition.js';

/** Text of the model card; README.md has the details. */
export const card: CardFacts = {
  purpose:
    'Forecasts what a customer will spend: in total and by category, by month, week and day up to a year ahead, with ' +
    'prediction intervals, and lists recurring bills.',
  intendedUsers: 'The backend that shows budgets, warns of tight months and plans saving; the advisor.',
  outOfScope: [
    'Deciding on credit, or on anything else that concerns a person, by itself.',
    'Income, balances and investments: only spending is forecast.',
    'Single purchases: daily amounts are those of the month, distributed by the usual day profile.',
  ],
  limits: [
    'The amount of a single category in a month is mostly random; use the total and the discretionary total.',
    'Forecasts for customers with less than three months of history are based on customers with similar spending.',
    'A loan that is not in the data, a move or a lost job cannot be forecast; the bands cover such months as often as they occurred in training.',
    'Festivals are known to 2030; months are those of the time zone of the source.',
  ],
  ethics: [
    "The artefact holds nothing of a single customer, only means over all or over groups of five and more (of all, where there are fewer). Each customer's movements, payees' names among them, are in the state spending-history of the feature store: protect that like the data.",
    'No protected attribute is read; seasons and levels come from amounts of money out and in alone.',
    'A forecast shown to a person can steer spending: show the band with it, not the number alone.',
  ],
};
