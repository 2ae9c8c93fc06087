import type { Random } from '../../../../../learning/numeric/random/index.js';
import { chance, pick } from '../draws.js';

/** A piece of a message: plain text (`type` null), or an entity. */
export interface Piece {
  readonly text: string;
  readonly type: string | null;
}

const neighbours: Readonly<Record<string, string>> = {
  a: 's',
  b: 'v',
  c: 'x',
  d: 'f',
  e: 'r',
  g: 'h',
  h: 'j',
  i: 'o',
  k: 'l',
  l: 'k',
  m: 'n',
  n: 'm',
  o: 'p',
  r: 't',
  s: 'd',
  t: 'y',
  u: 'i',
  w: 'e',
  y: 'u',
};

const typos: readonly ((word: string, at: number) => string)[] = [
  (word, at) => word.slice(0, at) + word.slice(at + 1),
  (word, at) => word.slice(0, at) + word[at]! + word.slice(at),
  (word, at) => word.slice(0, at) + word[at + 1]! + word[at]! + word.slice(at + 2),
  (word, at) => word.slice(0, at) + (neighbours[word[at]!] ?? 'e') + word.slice(at + 1),
];

/** Applies one random typo inside a word of at least four letters. */
function misspell(random: Random, text: string): string {
  const words = text.split(' ');
  const long = [...words.keys()].filter((index) => words[index]!.length >= 4);
  if (long.length === 0) return text;
  const index = pick(random, long);
  const word = words[index]!;
  words[index] = pick(random, typos)(word, 1 + random.integer(word.length - 2));
  return words.join(' ');
}

/** Adds a typo to one plain piece; entities are unchanged, so that their spans remain correct. */
export function addTypos(random: Random, pieces: readonly Piece[]): Piece[] {
  const plain = [...pieces.keys()].filter((index) => pieces[index]!.type === null);
  if (plain.length === 0) return [...pieces];
  const chosen = pick(random, plain);
  return pieces.map((piece, index) => (index === chosen ? { ...piece, text: misspell(random, piece.text) } : piece));
}

const openings =
  'hi, |hello |hey |please |pls |sir |quick question: |ok |so |yaar |good morning, |hello team, |dear sir, |madam, |hi there, |excuse me, |can you help me, |I need some help, |I have a question, |just wondering, |by the way, |urgent: |namaste, |bhai |actually |hi, I was looking at the app and |sorry to bother you, |can you tell me, |one more thing: |I am not sure, |could you please help? |I am a bit confused, |we talked before, |hey, any idea, |to be honest, '.split(
    '|',
  );
const endings =
  ' please| thanks| asap| ?|!| urgently| yaar| ok|.| pls|??| thank you|, can you help me|, what should I do|, how does that work| for me|, is that possible|, thanks a lot| right now| if possible|, please help| jaldi| na| sir|, I am worried|, let me know|...|, do you know|, I need this soon| when you can|, how do I do that|, many thanks'.split(
    '|',
  );

/** Adds a greeting and an ending, each with probability 0.25. */
export function addPoliteness(random: Random, pieces: readonly Piece[]): Piece[] {
  const before = chance(random, 0.25) ? [{ text: pick(random, openings), type: null }] : [];
  const after = chance(random, 0.25) ? [{ text: pick(random, endings), type: null }] : [];
  return [...before, ...pieces, ...after];
}

/** Converts plain pieces to lower case; entities are unchanged. */
export const lowerCaseWords = (pieces: readonly Piece[]): Piece[] =>
  pieces.map((piece) => (piece.type === null ? { ...piece, text: piece.text.toLowerCase() } : piece));
