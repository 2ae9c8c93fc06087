import type { MonitoredModel } from '../../models/catalogue.js';
import type { DriftLimits, DriftWindow } from '../../contracts/drift.js';
import { DAY_MS } from '../../learning/time-series/calendar/index.js';

/** The settings with what the model states itself. */
export const limitsOf = ({ monitoring }: Pick<MonitoredModel, 'monitoring'>, settings: DriftLimits): DriftLimits => ({
  ...settings,
  ...monitoring?.limits,
});

/** The last midnight (UTC), so that two checks of one day are about one window. @param now - milliseconds. */
export const lastMidnight = (now: number): number => Math.floor(now / DAY_MS) * DAY_MS;

/** The window of so many days that ends at a moment. */
export const windowUntil = (to: number, days: number): DriftWindow => ({ from: to - days * DAY_MS, to });
