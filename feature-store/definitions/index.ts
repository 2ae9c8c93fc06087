import { type DescribedView, referenceOf } from '../../contracts/feature-view.js';
import { pipelineError } from '../../contracts/errors.js';
import { creditRisk } from './credit-risk.js';
import { userFinancials } from './user-financials.js';

/** The newest version of every feature view, in the order of materialisation. */
export const featureViews: readonly DescribedView[] = [
  {
    ...userFinancials,
    owner: 'risk team',
    description: 'Cash flow, balances and transaction habits, in the currency of the source.',
  },
  {
    ...creditRisk,
    owner: 'risk team',
    description: 'Debts, their share of income, payment history, cards, applications and length of credit history.',
  },
];

/**
 * Earlier versions that versions of models may still read. The pipeline materialises one as long as a model version in
 * use names it; then it can be removed from here.
 */
export const formerViews: readonly DescribedView[] = [];

/** Every version of every view that the code can compute. */
export const definedViews: readonly DescribedView[] = [...featureViews, ...formerViews];

/**
 * The newest version of every view, and former ones. @throws PipelineError `VIEW_NOT_FOUND` for one that is not defined.
 */
export const viewsWith = (
  former: readonly Pick<DescribedView, 'name' | 'version'>[] = [],
): readonly DescribedView[] => [...featureViews, ...former.map((view) => findView(referenceOf(view)))];

const REFERENCE = /^(?<name>[a-z0-9-]+)(?:@(?<version>[1-9]\d*))?$/;

/**
 * The view that a name such as `user-financials` (its first definition in `views`, the newest) or
 * `user-financials@1` means.
 * @throws PipelineError `VIEW_NOT_FOUND` naming the known ones.
 */
export function findView(reference: string, views: readonly DescribedView[] = definedViews): DescribedView {
  const { name, version } = REFERENCE.exec(reference)?.groups ?? {};
  const found = views.find((view) => view.name === name && (version === undefined || view.version === Number(version)));
  if (found !== undefined) return found;
  throw pipelineError('VIEW_NOT_FOUND', { reference, known: views.map(referenceOf) });
}
