/** When and how schedules start runs. */
export interface ScheduleConfig {
  readonly timezone: string;
  readonly weekly: string;
  readonly daily: string;
  /** Of features of customers whose rows changed. */
  readonly features: string;
  /** Of the checks for drift, one a model. */
  readonly drift: string;
  /** Of the comparison of features that were read. */
  readonly parity: string;
  readonly overlap: 'SKIP' | 'BUFFER_ONE' | 'BUFFER_ALL' | 'ALLOW_ALL';
  readonly catchupHours: number;
}

/** The variables that schedules are set by, parsed. */
interface ScheduleVariables {
  readonly SCHEDULE_TIMEZONE: string;
  readonly SCHEDULE_WEEKLY: string;
  readonly SCHEDULE_DAILY: string;
  readonly SCHEDULE_FEATURES: string;
  readonly SCHEDULE_DRIFT: string;
  readonly SCHEDULE_PARITY: string;
  readonly SCHEDULE_OVERLAP: ScheduleConfig['overlap'];
  readonly SCHEDULE_CATCHUP_HOURS: number;
}

export const scheduleSettings = (variables: ScheduleVariables): ScheduleConfig => ({
  timezone: variables.SCHEDULE_TIMEZONE,
  weekly: variables.SCHEDULE_WEEKLY,
  daily: variables.SCHEDULE_DAILY,
  features: variables.SCHEDULE_FEATURES,
  drift: variables.SCHEDULE_DRIFT,
  parity: variables.SCHEDULE_PARITY,
  overlap: variables.SCHEDULE_OVERLAP,
  catchupHours: variables.SCHEDULE_CATCHUP_HOURS,
});
