export { paydays, isBankDay, type PaydayRule } from './bank-days.js';
export {
  civilDate,
  DAY_MS,
  dayNumber,
  dayOfTime,
  isoDate,
  parseIsoDate,
  validDay,
  weekdayOf,
  type CivilDate,
} from './days.js';
export { diwaliOf, seasonShare, type HolidaySeason } from './holiday-season.js';
export { HOLIDAY_YEARS, holidayDays, INDIAN_HOLIDAYS, type HolidayDates } from './indian-holidays.js';
export {
  dayInMonth,
  dayOfMonth,
  daysInMonth,
  daysOf,
  firstDayOf,
  isoMonth,
  MONTH_NAMES,
  monthOf,
  monthOfDay,
  yearOfMonth,
} from './months.js';
export {
  HOUR_MS,
  isTimeZone,
  localDay,
  localHour,
  momentOfReading,
  onClock,
  readOnClock,
  utcOffsetHours,
  writtenOffset,
  type Clock,
  type ClockedMoment,
} from './zones.js';
