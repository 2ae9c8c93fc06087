import { createRandom, type Random } from '../../../learning/numeric/random/index.js';

/*
 * Invented messages for the example file and the fixture: six intents with a few frames each, and messages on other topics
 * as out_of_scope. `group` is the frame, so that held-out frames do not occur in training. One label in fifty is wrong.
 */

const LABEL_ERROR = 0.02;
const POLITE = ['please ', 'hi, ', 'hello ', '', '', ''] as const;

const slots: Readonly<Record<string, readonly string[]>> = {
  card: ['card', 'debit card', 'credit card', 'atm card'],
  amount: ['500', '2,000 rupees', '₹750', '10k'],
  name: ['Asha', 'Ravi', 'Meera', 'my landlord'],
  thing: ['account', 'savings account', 'bank account'],
  day: ['today', 'yesterday', 'last week', 'in October'],
};

// prettier-ignore
const frames: Readonly<Record<string, readonly string[]>> = {
  block_card: [
    'block my {card}', 'my {card} is lost', 'someone stole my {card}, block it', 'freeze the {card} now',
    'mera {card} kho gaya, block karo', 'I cannot find my {card}, it must be blocked',
  ],
  check_balance: [
    'what is the balance of my {thing}', 'how much money is left in my {thing}', 'show my balance',
    'mera balance kitna hai', 'balance of the {thing} {day}', 'tell me how much balance I have',
  ],
  transfer_money: [
    'send {amount} to {name}', 'transfer {amount} to {name}', 'I want to send money to {name}',
    '{name} ko {amount} bhejo', 'pay {name} {amount} from my {thing}', 'make a transfer of {amount} to {name}',
  ],
  dispute_payment: [
    'I did not make the payment of {amount} {day}', 'this charge of {amount} is wrong', 'dispute the payment {day}',
    'unknown payment of {amount} on my {card}', 'refund the wrong charge {day}', 'I was charged {amount} twice',
  ],
  loan_status: [
    'what is the status of my loan', 'has my loan been approved', 'when will I get the loan',
    'loan application status {day}', 'mera loan kab milega', 'any news about my loan application',
  ],
  update_address: [
    'I moved, change my address', 'update the address of my {thing}', 'my address has changed',
    'how do I change my postal address', 'new address since {day}', 'correct the address on my {thing}',
  ],
  out_of_scope: [
    'what is the weather {day}', 'tell me a joke', 'who won the match {day}', 'play some music',
    'how old is {name}', 'what shall I cook {day}', 'book a table for two', 'translate hello into French',
    'how far is the moon', 'recommend a film for {day}', 'is it a holiday {day}', 'sing a song for {name}',
  ],
};

const pick = <Item>(random: Random, items: readonly Item[]): Item => items[random.integer(items.length)]!;

const fill = (random: Random, frame: string): string =>
  frame.replace(/\{(\w+)\}/g, (_, slot: string) => pick(random, slots[slot]!));

function message(random: Random): readonly [text: string, intent: string, group: string] {
  const names = Object.keys(frames);
  const intent = pick(random, names);
  const place = random.integer(frames[intent]!.length);
  const text = pick(random, POLITE) + fill(random, frames[intent]![place]!);
  const label = random.uniform() < LABEL_ERROR ? pick(random, names) : intent;
  return [text, label, `${intent}-${place}`];
}

/** The invented messages, the same for a seed for ever. */
export function exampleRows(count: number, seed: number) {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const [text, intent, group] = message(random);
    return { text, intent, group };
  });
}
