import { OUT_OF_SCOPE } from '../intents.js';
import { accountWordings } from './accounts.js';
import { cardWordings } from './cards.js';
import { creditWordings } from './credit.js';
import type { Wording } from './grammar.js';
import { investingWordings } from './investing.js';
import { outOfScopeWordings } from './out-of-scope.js';
import { paymentWordings } from './payments.js';
import { spendingWordings } from './spending.js';

export { drawAlternatives, type Wording } from './grammar.js';

const wordings: Readonly<Record<string, readonly Wording[]>> = {
  ...accountWordings,
  ...spendingWordings,
  ...paymentWordings,
  ...cardWordings,
  ...creditWordings,
  ...investingWordings,
  [OUT_OF_SCOPE]: outOfScopeWordings,
};

/** Whole wordings of an intent. @param intent - a name of `intents`, or `OUT_OF_SCOPE`. */
export const wordingsOf = (intent: string): readonly Wording[] => wordings[intent]!;
