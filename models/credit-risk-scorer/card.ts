import type { CardFacts } from '../../contracts/model-definition.js';

/** What a reader of the model card is told; README.md says the same at length. */
export const card: CardFacts = {
  purpose:
    'Estimates the probability that a loan defaults, from what is known when it is applied for: the request, the ' +
    "applicant's cash flow, existing loans, payment history, utilisation and collateral.",
  intendedUsers: 'Risk officers who rank applications and set cut-offs; the backend that shows them the score.',
  outOfScope: [
    'Deciding on its own: it is one input to a decision that a person or a documented policy takes.',
    'Applicants without any transaction before the application: there is nothing to compute features from.',
    'Pricing, limits and collections; other products and other countries than those in the training data.',
  ],
  limits: [
    'Learned from approved applications only, so it knows little about people who would be declined.',
    'Only loans whose outcome is known are used; recent loans are known mainly when they failed early.',
    'The probability is not recalibrated after training; see the calibration plot before using it as a price.',
    'A fixed reference rate stands for the offered one in the instalment-to-income ratio.',
  ],
  ethics: [
    'Gender and age are never features; they are kept for reporting the metrics per group.',
    'Employment, income and collateral can stand in for protected attributes: read the slices before promoting.',
    'A declined applicant is owed reasons; use the model only where they can be given.',
  ],
};
