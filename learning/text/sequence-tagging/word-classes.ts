const classes: Readonly<Record<string, string>> = {
  month:
    'january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec',
  weekday:
    'monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun somvar mangalvar budhvar guruvar shukravar shanivar ravivar',
  number:
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety half ek do teen char paanch panch chhe saat aath nau das bees pachas sau',
  scale: 'hundred thousand million billion lakh lakhs lac lacs crore crores hazar hazaar k m bn',
  ordinal: 'first third fourth fifth sixth seventh eighth ninth tenth next previous last this coming current',
  ordinalEnding: 'st nd rd th',
  clockUnit: 'second seconds minute minutes min mins hour hours hr hrs',
  unit: 'day days nights week weeks weekend weekends fortnight month months quarter quarters year years decade din mahina mahine saal hafte hafta',
  rhythm: 'daily weekly monthly quarterly yearly annually annual fortnightly',
  relativeDay: 'today yesterday tomorrow tonight aaj kal parso now',
  dayPart: 'morning afternoon evening noon midnight night',
  clock: "o'clock o’clock oclock am pm a.m. p.m.",
  shift: 'ago later back since until till',
  currency:
    '₹ $ £ € ¥ rs inr usd eur gbp rupee rupees rupaye rupay dollar dollars pound pounds euro euros pence cent cents quid bucks paise',
};

const byWord = new Map(
  Object.entries(classes).flatMap(([name, words]) => words.split(' ').map((word) => [word, name] as const)),
);

/**
 * Closed word class of a lower-case word in amounts and dates: months, weekdays, number words, units of time,
 * currencies. English and romanised Hindi. @returns null for any other word.
 */
export const wordClass = (lower: string): string | null => byWord.get(lower) ?? null;
