import type { Random } from '../../numeric/random/index.js';

/** Everyday words of bank customers in Hindi, in Latin letters as they are typed in chats. */
const HINGLISH: Readonly<Record<string, readonly string[]>> = {
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
 * Replaces English words by Hindi ones in Latin letters, each known word with probability `rate`: how customers mix the
 * two. Word order stays English, so this is a crude stand-in for real code-switching. Deterministic.
 */
export function switchCode(text: string, rate: number, random: Random): string {
  return text.replace(/[a-z]+/gi, (word) => {
    const hindi = Object.hasOwn(HINGLISH, word.toLowerCase()) ? HINGLISH[word.toLowerCase()]! : null;
    if (hindi === null || random.uniform() >= rate) return word;
    return hindi[random.integer(hindi.length)]!;
  });
}
