/** English number words. */
const english: readonly (readonly [number, string])[] = [
  [0, 'zero nil'],
  [1, 'one'],
  [2, 'two'],
  [3, 'three'],
  [4, 'four'],
  [5, 'five'],
  [6, 'six'],
  [7, 'seven'],
  [8, 'eight'],
  [9, 'nine'],
  [10, 'ten'],
  [11, 'eleven'],
  [12, 'twelve'],
  [13, 'thirteen'],
  [14, 'fourteen'],
  [15, 'fifteen'],
  [16, 'sixteen'],
  [17, 'seventeen'],
  [18, 'eighteen'],
  [19, 'nineteen'],
  [20, 'twenty'],
  [30, 'thirty'],
  [40, 'forty fourty'],
  [50, 'fifty'],
  [60, 'sixty'],
  [70, 'seventy'],
  [80, 'eighty'],
  [90, 'ninety'],
];

/** Hindi number words from 0 to 99, romanised with spelling variants and in Devanagari; separated by commas. */
const hindi = `shunya शून्य,ek एक,do दो,teen tin तीन,char chaar चार,paanch panch पांच पाँच,chhe che chhah chhai छह छः छे छै,saat sat सात,
aath ath आठ,nau नौ,das dus दस,gyarah gyaarah gyara ग्यारह,barah baarah bara बारह,terah tera तेरह,chaudah chauda चौदह,
pandrah pandra pandhrah पंद्रह पन्द्रह,solah sola सोलह,satrah satra sattrah सत्रह,atharah athara attharah अठारह,
unnis unnees उन्नीस,bees bis बीस,ikkis ikkees इक्कीस,bais baees baais बाईस बाइस,teis teyis teees तेईस तेइस,chaubis chaubees चौबीस,
pachees pachis pacchis pachchis पच्चीस,chhabbis chabbis chhabbees छब्बीस,sattais sattaees satais सत्ताईस सत्ताइस,
atthais athais atthaees अट्ठाईस अट्ठाइस अठाईस,untees unatis unnatis उनतीस,tees tis तीस,ikattis iktees ikatees इकतीस इकत्तीस,battis battees बत्तीस,
taintis tentis taintees तैंतीस तेंतीस,chautis chauntis chautees चौंतीस,paintis paintees pentis पैंतीस,chhattis chattis chhattees छत्तीस,
saintis saintees सैंतीस,adtis artis adtees अड़तीस,untalis unchalis untaalis उनतालीस,chalis chaalis chalees चालीस,iktalis iktaalis इकतालीस,
bayalis bayaalis बयालीस,taintalis tentalis तैंतालीस तेतालीस,chavalis chauvalis chawalis चवालीस चौवालीस,paintalis paintaalis पैंतालीस,
chhiyalis chiyalis छियालीस,saintalis सैंतालीस,adtalis artalis अड़तालीस,unchas unchaas उनचास,pachas pachaas पचास,ikyavan ikyawan इक्यावन,
bavan baavan bawan बावन,tirpan tirepan तिरपन तिरेपन,chauvan chauwan चौवन,pachpan पचपन,chhappan chappan छप्पन,sattavan sattawan सत्तावन,
atthavan athavan atthawan अट्ठावन अठावन,unsath उनसठ,saath sath साठ,iksath इकसठ,basath baasath बासठ,tirsath तिरसठ तिरेसठ,chaunsath चौंसठ,
painsath पैंसठ,chhiyasath chiyasath छियासठ,sadsath sarsath सड़सठ,adsath arsath अड़सठ,unhattar उनहत्तर,sattar सत्तर,ikhattar इकहत्तर,
bahattar बहत्तर,tihattar तिहत्तर,chauhattar चौहत्तर,pachhattar pachattar pichhattar पचहत्तर पिचहत्तर,chhihattar chihattar छिहत्तर,
satattar satahattar सतहत्तर सतत्तर,athattar athhattar अठहत्तर,unasi unnasi उनासी उन्नासी,assi अस्सी,ikyasi इक्यासी,bayasi बयासी,tirasi तिरासी,
chaurasi चौरासी,pachasi पचासी,chhiyasi chiyasi छियासी,satasi sattasi सत्तासी सतासी,athasi atthasi अट्ठासी अठासी,navasi nawasi नवासी,nabbe nabbey नब्बे,
ikyanve ikyanave इक्यानवे,banve baanve बानवे,tiranve तिरानवे,chauranve चौरानवे,pachanve panchanve पंचानवे पचानवे,chhiyanve chiyanve छियानवे,
sattanve satanve सत्तानवे,atthanve athanve अट्ठानवे अठानवे,ninyanve ninanve निन्यानवे`;

const fractions: readonly (readonly [number, string])[] = [
  [0.25, 'quarter'],
  [0.5, 'half adha aadha आधा'],
  [1.5, 'dedh derh डेढ़'],
  [2.5, 'dhai dhaai adhai dhayi ढाई अढ़ाई'],
];
const scales: readonly (readonly [number, string])[] = [
  [100, 'hundred hundreds sau सौ'],
  [1e3, 'thousand thousands hazar hazaar hajar hajaar hazaaron हजार हज़ार'],
  [1e5, 'lakh lakhs lac lacs lakhon लाख'],
  [1e6, 'million millions'],
  [1e7, 'crore crores karod karor करोड़'],
  [1e9, 'billion billions arab अरब'],
  [1e11, 'kharab खरब'],
  [1e12, 'trillion trillions'],
  [1e15, 'quadrillion'],
];
/** Abbreviations, after which no number follows: "5k 50" are two numbers. */
const abbreviations: readonly (readonly [number, string])[] = [
  [1e3, 'k'],
  [1e5, 'l lk lks'],
  [1e6, 'm mn mio'],
  [1e7, 'cr crs'],
  [1e9, 'b bn'],
  [1e12, 'tn'],
];
/** Hindi words that shift the number after them: sadhe teen = 3.5, paune do = 1.75, sawa lakh = 1.25 lakh. */
const shifts: readonly (readonly [number, string])[] = [
  [0.5, 'sadhe saadhe saade sade sarhe saarhe साढ़े'],
  [0.25, 'sawa sava savaa sawaa सवा'],
  [-0.25, 'paune pauna pone पौने'],
];

/** Words without a value: "half a lakh", "two hundred and fifty". */
export const AND_WORDS: ReadonlySet<string> = new Set(['and', 'aur', 'और', '&']);
export const ARTICLES: ReadonlySet<string> = new Set(['a', 'an', 'of']);

/** A word of a number. */
export interface NumberWord {
  readonly kind: 'digits' | 'english' | 'hindi' | 'fraction' | 'scale' | 'abbreviation' | 'shift';
  readonly number: number;
}

const entriesOf = (kind: NumberWord['kind'], table: readonly (readonly [number, string])[]): [string, NumberWord][] =>
  table.flatMap(([number, words]) =>
    words.split(' ').map((word): [string, NumberWord] => [word.normalize('NFKC'), { kind, number }]),
  );

const hindiRows = hindi.split(/,\s*/).map((words, number): [number, string] => [number, words]);

/** Number words in English and Hindi by spelling (lower case, NFKC). */
export const vocabulary: ReadonlyMap<string, NumberWord> = new Map([
  ...entriesOf('hindi', hindiRows),
  ...entriesOf('english', english),
  ...entriesOf('fraction', fractions),
  ...entriesOf('scale', scales),
  ...entriesOf('abbreviation', abbreviations),
  ...entriesOf('shift', shifts),
]);
