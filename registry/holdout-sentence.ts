import type { FrozenHoldout, GroupShare } from '../contracts/dataset.js';
import { DAY_MS } from '../learning/time-series/calendar/index.js';
import { formatNumber } from './format-number.js';

/** `2026-08-01`, UTC. */
export const isoDay = (time: number): string => new Date(time).toISOString().slice(0, 10);

const shareOf = ({ column, fraction, salt }: GroupShare): string =>
  `${formatNumber(fraction * 100)} % of all values of ${column}, chosen by hash (salt ${salt})`;

function timeSentence({ column, cut, days, groups }: Extract<FrozenHoldout, { kind: 'time' }>): string {
  if (days === undefined) return `rows from ${isoDay(cut)} on, by ${column}`;
  const window = `the newest ${days} days by ${column}`;
  if (groups === undefined) return window;
  const period = `${isoDay(cut)} to ${isoDay(cut + days * DAY_MS)}`;
  return `frozen: ${shareOf(groups)}, never trained on, judged from ${period}; window: ${window}`;
}

/** A holdout's rule as a sentence without its full stop. */
export function holdoutSentence(holdout: FrozenHoldout): string {
  if (holdout.kind === 'time') return timeSentence(holdout);
  if (holdout.kind === 'given')
    return `rows whose ${holdout.column} is ${holdout.heldOut.join(' or ')}, as the data came`;
  const frozen = `${shareOf(holdout)}; rows of one value stay together`;
  const { window } = holdout;
  if (window === undefined) return frozen;
  return `frozen: ${frozen}; window: their rows in the newest ${window.days} days, and values that appeared in these`;
}
