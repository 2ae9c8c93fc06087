const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+-]\d\d:\d\d)?)?$/i;

/**
 * A day or a moment as PostgreSQL reads it whatever the time zone of its session: one without a zone is in UTC.
 * @returns null for other texts and for days that no month has.
 */
export function utcMoment(text: string): string | null {
  const [, day, time = '00:00', zone = 'Z'] = MOMENT.exec(text) ?? [];
  if (day === undefined || day < '0001' || !isDay(day)) return null;
  const moment = `${day}T${time}${zone.toUpperCase()}`;
  return Number.isNaN(Date.parse(moment)) ? null : moment;
}

/** False for 30 February, which JavaScript takes for a day of March. */
function isDay(day: string): boolean {
  const at = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}
