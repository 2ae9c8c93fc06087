import { stateOf } from '../../../contracts/entity-state.js';
import type { RequestFeatures } from '../../../contracts/model-definition.js';
import { spendingHistory } from '../data/spending-history.js';
import { known, type KnownOfCustomer, type SpendingRequest } from './request.js';

/** A forecast by reference: the history from the store; what happened since from the caller, who may know a new customer. */
export const requestFeatures: RequestFeatures<KnownOfCustomer> = {
  views: [],
  states: [{ view: spendingHistory, required: false, entityIdOf: ({ customerId }) => customerId }],
  known,
  inputOf: ({ customerId, known: sent, states }): SpendingRequest => ({
    ...sent,
    customerId,
    history: stateOf(states, spendingHistory)?.state ?? null,
  }),
};
