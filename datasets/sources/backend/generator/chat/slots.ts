import type { Random } from '../../../../../learning/numeric/random/index.js';
import { between, chance, digits, pick } from '../draws.js';
import { merchantOfFamily } from '../merchants.js';
import { personOfFamily } from '../people.js';

/** Entity types of slots. */
export const slotTypes = ['AMOUNT', 'DATE', 'MERCHANT', 'ACCOUNT', 'PERSON', 'CATEGORY'] as const;
/** An entity type, or a service with a subscription, which is a merchant. */
export type SlotType = (typeof slotTypes)[number] | 'SERVICE';

/** Entity type of a slot. */
export const entityOf = (slot: SlotType): (typeof slotTypes)[number] => (slot === 'SERVICE' ? 'MERCHANT' : slot);

/** Services with subscriptions, which appear in messages only. */
const services =
  'Netflix,Spotify,Hotstar,Prime,Zee5,SonyLiv,YouTube Premium,Apple Music,Audible,iCloud,LinkedIn Premium,Disney Plus,Gaana,JioSaavn,Kindle,Canva,Adobe,Dropbox,Xbox Pass,Playstation Plus,Tinder Gold,Bumble,Duolingo,Headspace,Calm,Medium,Notion,Grammarly,Norton,Zomato Gold,Swiggy One,Times Prime,Cult Pass,Anytime Fitness,Golds Gym,Coursera,Skillshare,Voot,MX Player,Alt Balaji,Hoichoi,Sun Nxt,Discovery Plus,Lionsgate Play,Wynk,Amazon Kids,The Hindu,Economic Times,Hello Fresh,Licious Club,Ola Select,Uber One,Google One,Microsoft 365,Zoom Pro,Chess Premium,Strava,Fitbit Premium,Truecaller Gold,Scribd'.split(
    ',',
  );

const months = 'January,February,March,April,May,June,July,August,September,October,November,December'.split(',');
const weekdays = 'Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday'.split(',');
const relativeDates =
  'yesterday,today,last month,this month,last week,this week,next month,last year,this year,next week,tomorrow,last weekend'.split(
    ',',
  );
const categories =
  'groceries,food,dining,fuel,petrol,transport,cabs,shopping,clothes,entertainment,movies,health,medicines,travel,utilities,rent,education,household'.split(
    ',',
  );

/** Indian digit grouping, 12,34,567; `toLocaleString` would depend on Node's ICU build. */
const grouped = (value: number): string => String(value).replace(/(\d)(?=(\d\d)+\d$)/g, '$1,');

/** A log-uniform amount, rounded to two leading digits. */
function roundAmount(random: Random): number {
  const size = Math.exp(between(random, Math.log(150), Math.log(90_000)));
  const step = 10 ** Math.max(1, Math.floor(Math.log10(size)) - 1);
  return Math.max(50, Math.round(size / step) * step);
}

const amountForms: readonly ((value: number, random: Random) => string)[] = [
  (value) => `₹${grouped(value)}`,
  (value) => `Rs ${grouped(value)}`,
  (value) => `rs.${value}`,
  (value) => `INR ${grouped(value)}`,
  (value) => `${value} rupees`,
  (value) => `${value} rs`,
  (value) => String(value),
  (value) => (value >= 1000 ? `${Math.round(value / 100) / 10}k` : `${value}/-`),
  (_, random) => `${pick(random, ['1', '1.5', '2', '2.5', '3', '5', '10'])} lakh`,
];

const dateForms: readonly ((random: Random) => string)[] = [
  (random) => pick(random, relativeDates),
  (random) => pick(random, relativeDates),
  (random) => `${1 + random.integer(28)} ${pick(random, months)}`,
  (random) => `${pick(random, months)} ${2023 + random.integer(4)}`,
  (random) => `${pick(random, ['last', 'next'])} ${pick(random, weekdays)}`,
  (random) =>
    `${String(1 + random.integer(28)).padStart(2, '0')}/${String(1 + random.integer(12)).padStart(2, '0')}/${2024 + random.integer(3)}`,
  (random) => `${pick(random, months).slice(0, 3)} ${1 + random.integer(28)}`,
];

const accountForms: readonly ((random: Random) => string)[] = [
  (random) => `XX${digits(random, 4)}`,
  (random) => `a/c ${digits(random, 6)}`,
  () => 'savings account',
  () => 'salary account',
  (random) => `${pick(random, ['HDFC', 'ICICI', 'SBI', 'Axis', 'Kotak'])} account`,
  (random) => digits(random, 4),
];

const titleCase = (name: string): string => name.toLowerCase().replace(/\b[a-z]/g, (letter) => letter.toUpperCase());

function merchantForm(random: Random, family: number): string {
  const { name } = merchantOfFamily(random, family);
  const draw = random.uniform();
  if (draw < 0.55) return titleCase(name);
  return draw < 0.85 ? name.toLowerCase() : name;
}

/** Each service belongs to one family. */
function serviceForm(random: Random, family: number): string {
  const name = services[family % services.length]!;
  return chance(random, 0.5) ? name.toLowerCase() : name;
}

/** A random surface form for a slot; merchants and people are of the message's family. */
export function fillSlot(random: Random, type: SlotType, family: number): string {
  if (type === 'MERCHANT') return merchantForm(random, family);
  if (type === 'SERVICE') return serviceForm(random, family);
  if (type === 'PERSON') {
    const { name } = personOfFamily(random, family);
    return chance(random, 0.25) ? name.toLowerCase() : name;
  }
  if (type === 'AMOUNT') return pick(random, amountForms)(roundAmount(random), random);
  if (type === 'DATE') return pick(random, dateForms)(random);
  return type === 'ACCOUNT' ? pick(random, accountForms)(random) : pick(random, categories);
}
