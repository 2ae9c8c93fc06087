import type { Random } from '../../../../learning/numeric/random/index.js';
import type { TransactionCategory } from '../categories.js';
import { pick } from './draws.js';
import { familyCount } from './families.js';
import { groupBy } from '../../../../learning/group-by.js';

/** A merchant of the catalogue. */
export interface Merchant {
  /** In upper case, as on statements. */
  readonly name: string;
  readonly category: TransactionCategory;
  /** Text group for holdout splits: families share no merchant, first name or template. */
  readonly family: number;
  /** True for merchants that sell online. */
  readonly online: boolean;
}

/** Categories of merchants at which customers make purchases. */
export const shopCategories = [
  'groceries',
  'dining',
  'fuel',
  'transport',
  'shopping',
  'entertainment',
  'health',
  'travel',
  'household',
] as const satisfies readonly TransactionCategory[];
/** Categories of merchants that send bills. */
export const contractCategories = [
  'education',
  'telecom',
  'utilities',
  'insurance',
] as const satisfies readonly TransactionCategory[];

const merchantCategories = [...shopCategories, ...contractCategories] as const;
type MerchantCategory = (typeof merchantCategories)[number];

/** Chains in all cities; a star marks those that sell online. */
const chains: Readonly<Record<MerchantCategory, string>> = {
  groceries:
    'BIGBASKET*,BLINKIT*,ZEPTO*,DMART,RELIANCE FRESH,MORE SUPERMARKET,SPENCERS,STAR BAZAAR,JIOMART*,NATURES BASKET',
  dining:
    'SWIGGY*,ZOMATO*,DOMINOS PIZZA,MCDONALDS,CAFE COFFEE DAY,BARBEQUE NATION,HALDIRAM,SAGAR RATNA,CHAAYOS,BIKANERVALA',
  fuel: 'INDIAN OIL,HP PETROL PUMP,BHARAT PETROLEUM,SHELL INDIA,NAYARA ENERGY,RELIANCE PETRO',
  transport: 'UBER*,OLA CABS*,RAPIDO*,DELHI METRO,NAMMA METRO,FASTAG TOLL,BMTC,REDBUS*',
  shopping:
    'AMAZON*,FLIPKART*,MYNTRA*,AJIO*,MEESHO*,CROMA,SHOPPERS STOP,WESTSIDE,LIFESTYLE STORES,PANTALOONS,DECATHLON,TANISHQ,NYKAA*,LENSKART*,BATA INDIA',
  entertainment: 'BOOKMYSHOW*,PVR INOX,CINEPOLIS,WONDERLA,DREAM11*,STEAM GAMES*,TIMEZONE',
  health: 'APOLLO PHARMACY,MEDPLUS,TATA 1MG*,PHARMEASY*,FORTIS HOSPITAL,DR LAL PATHLABS,CULT FIT*,MANIPAL HOSPITAL',
  travel: 'IRCTC*,MAKEMYTRIP*,INDIGO*,AIR INDIA*,GOIBIBO*,OYO ROOMS*,CLEARTRIP*,TAJ HOTELS',
  household: 'URBAN COMPANY*,PEPPERFRY*,HOME CENTRE,IKEA INDIA,ASIAN PAINTS,LIVSPACE*',
  education: 'BYJUS*,UNACADEMY*,DELHI PUBLIC SCHOOL,RYAN INTERNATIONAL,KENDRIYA VIDYALAYA,UDEMY*,ALLEN CAREER',
  telecom: 'AIRTEL*,JIO*,VI POSTPAID*,BSNL*,ACT FIBERNET*,TATA PLAY*',
  utilities: 'BESCOM*,TATA POWER*,ADANI ELECTRICITY*,MAHANAGAR GAS*,INDANE GAS,DELHI JAL BOARD*,TSSPDCL*,TANGEDCO*',
  insurance: 'LIC OF INDIA*,HDFC ERGO*,ICICI LOMBARD*,STAR HEALTH*,SBI LIFE*,BAJAJ ALLIANZ*',
};

/** First words of names of small shops, which are combined with a trade. */
const shopOwners =
  'BALAJI,SAI,GANESH,LAXMI,KRISHNA,ANNAPURNA,MAHALAKSHMI,SHREE RAM,DURGA,VENKATESHWARA,GUPTA,SHARMA,PATEL,AGARWAL,NAIR,REDDY,KHAN,SINGH,JAIN,IYER,DESHMUKH,BANERJEE,CHAUDHARY,MEHTA,FERNANDES,ROYAL,NEW INDIA,CITY,MODERN,NATIONAL'.split(
    ',',
  );
const trades: Readonly<Partial<Record<MerchantCategory, readonly string[]>>> = {
  groceries: ['KIRANA STORE', 'PROVISIONS', 'SUPER MART', 'VEGETABLES'],
  dining: ['BHAVAN', 'DHABA', 'SWEETS', 'TIFFINS'],
  fuel: ['FILLING STATION', 'FUELS'],
  shopping: ['TEXTILES', 'GARMENTS', 'ELECTRONICS', 'FOOTWEAR'],
  health: ['MEDICALS', 'CLINIC'],
  household: ['HARDWARE', 'FURNITURE'],
  education: ['TUITIONS', 'VIDYA MANDIR'],
};

const fromChains = (category: MerchantCategory): Omit<Merchant, 'family'>[] =>
  chains[category].split(',').map((entry) => ({
    name: entry.replace('*', ''),
    category,
    online: entry.endsWith('*'),
  }));

const fromTrades = (category: MerchantCategory): Omit<Merchant, 'family'>[] =>
  (trades[category] ?? []).flatMap((trade, offset) =>
    shopOwners
      .filter((_, index) => index % 4 === offset % 4)
      .map((owner) => ({ name: `${owner} ${trade}`, category, online: false })),
  );

/** Merchants are assigned to families in turn, so that each family has merchants of several categories. */
const catalogue: readonly Merchant[] = merchantCategories
  .flatMap((category) => [...fromChains(category), ...fromTrades(category)])
  .map((merchant, index) => ({ ...merchant, family: index % familyCount }));

const byCategory = groupBy(catalogue, ({ category }) => category);
const byFamily = groupBy(catalogue, ({ family }) => family);

/** All merchants, in a fixed order. */
export const merchants = catalogue;

/** Merchants of a category; [] for categories without merchants, such as `rent`. */
export const merchantsOf = (category: TransactionCategory): readonly Merchant[] => byCategory.get(category) ?? [];

/** A random merchant of a family. */
export const merchantOfFamily = (random: Random, family: number): Merchant =>
  pick(random, byFamily.get(family) ?? catalogue);

/** Merchants of fraudulent purchases; customers do not buy from them. */
export const suspiciousMerchants: readonly Merchant[] =
  'GLOBAL DIGITAL GOODS,QUICKWIN GAMES,CRYPTO EXCHANGE FZE,GIFTCARD HUB,LUXE WATCHES INTL,STREAMPLUS LTD,AIRTIME RESELLER,FASTPAY MERCHANT,WEB SERVICES SG,MOBILE WORLD DXB'
    .split(',')
    .map((name, index) => ({ name, category: 'shopping', online: true, family: index % familyCount }));
