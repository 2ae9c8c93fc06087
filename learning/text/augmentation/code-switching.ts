import type { Random } from '../../numeric/random/index.js';

/** Romanised Hindi translations of common words in bank customers' messages. */
const HINDI_WORDS: Readonly<Record<string, readonly string[]>> = {
  my: ['mera', 'meri'],
  i: ['main', 'mai'],
  me: ['mujhe'],
  is: ['hai'],
  are: ['hain'],
  what: ['kya'],
  why: ['kyun', 'kyu'],
  how: ['kaise'],
  when: ['kab'],
  where: ['kahan'],
  much: ['kitna'],
  many: ['kitne'],
  want: ['chahiye'],
  need: ['chahiye'],
  please: ['please', 'kripya'],
  not: ['nahi'],
  no: ['nahi'],
  money: ['paisa', 'paise'],
  give: ['do', 'dijiye'],
  show: ['dikhao'],
  tell: ['batao'],
  send: ['bhejo'],
  do: ['karo'],
  today: ['aaj'],
  yesterday: ['kal'],
  tomorrow: ['kal'],
  month: ['mahina', 'mahine'],
  new: ['naya', 'nayi'],
  and: ['aur'],
  or: ['ya'],
  from: ['se'],
  to: ['ko'],
  for: ['ke liye'],
  of: ['ka', 'ki'],
  in: ['mein'],
  on: ['par'],
  this: ['yeh', 'ye'],
  that: ['woh', 'wo'],
  now: ['abhi'],
  help: ['madad'],
  wrong: ['galat'],
  account: ['khata', 'account'],
  lost: ['kho gaya'],
  stop: ['band karo', 'roko'],
  get: ['milega'],
  have: ['hai'],
};

/**
 * Replaces known English words by romanised Hindi ones, each with probability `rate`. The word order stays English, so
 * this only approximates real code-switching. Deterministic given the generator.
 */
export function switchCode(text: string, rate: number, random: Random): string {
  return text.replace(/[a-z]+/gi, (word) => {
    const hindi = Object.hasOwn(HINDI_WORDS, word.toLowerCase()) ? HINDI_WORDS[word.toLowerCase()]! : null;
    if (hindi === null || random.uniform() >= rate) return word;
    return hindi[random.integer(hindi.length)]!;
  });
}
