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
    'Learned from approved applications; declined ones take part only when reject inference is switched on, whose effect cannot be verified.',
    'Only loans whose outcome is known are used; recent loans are known mainly when they failed early.',
    'The probability is calibrated on cross-fitted training rows; see the calibration plot before using it as a price.',
    'Reasons are exact for the trees; they are not causes.',
    'A fixed reference rate stands for the offered one in the instalment-to-income ratio.',
  ],
  ethics: [
    'Gender and age are never features unless a study asks for it; they are kept to measure how groups are treated.',
    'Groups are judged one attribute at a time, those with at least 30 held-out rows; intersections are not.',
    'Employment, income and collateral can stand in for protected attributes: read the slices before promoting.',
    'A declined applicant is owed reasons; use the model only where they can be given.',
  ],
};
