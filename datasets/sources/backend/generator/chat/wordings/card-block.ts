import { wordings } from './grammar.js';

/** Wordings of `card_block`: blocking a card. */
export const cardBlockWordings = wordings(`
  [block|freeze|lock|disable|deactivate|suspend|hotlist|stop|cancel] [my|the|both my|] [card|debit card|credit card|atm card|visa card|cards] [now|immediately|please|right away|urgently|ending {ACCOUNT}|]
  [I lost|I have lost|I've lost|lost|I think I lost|I misplaced|I can't find|I cannot locate|I dropped] [my|the] [card|debit card|credit card|wallet|purse|atm card] [{DATE}|, block it|somewhere|on the metro|while travelling|]
  my [card|debit card|credit card|wallet|purse|bag] [was stolen|got stolen|has been stolen|is gone|is missing|is lost|was snatched|disappeared] [{DATE}|, please help|, block it|]
  [someone|somebody|a thief] [stole|took|has|grabbed|is using] my [card|debit card|wallet|credit card|card details] [, stop it|, block it|, what do I do|]
  [the atm|the machine|the cash machine] [swallowed|kept|ate|did not return|retained] my card
  [report|I want to report|I need to report|reporting] [a|my] [lost|stolen|missing] [card|debit card|credit card|wallet]
  [lost|stolen|missing|misplaced] [card|debit card|credit card|wallet] [, what should I do|, help|urgent|please block|]
  I [left|forgot] my card [in the atm|at a restaurant|at {MERCHANT}|in a taxi|in a shop] [, block it|, lock it|]
  [I want|I need|I'd like] my [card|debit card|credit card] [blocked|frozen|locked|stopped|disabled] [now|right now|immediately|]
  [can|could] [you|I] [block|freeze|lock|pause|temporarily lock|suspend] [my|the] [card|debit card|credit card] [for a few days|for a while|please|until {DATE}|]
  [temporarily|] [lock|freeze|pause|switch off|turn off|hold] my [card|debit card|credit card]
  [put|place] [a|] [hold|freeze|block|stop] on my [card|debit card|credit card]
  [make sure|ensure|see that] [nobody|no one|nobody else] can use my card
  [prevent|stop] [any|further|all] [use|payments|transactions] [of|with|on] my [card|debit card]
  my card [details|number|data] [was leaked|were stolen|got hacked|has been compromised|got cloned|is compromised] [, block it|, what now|]
  [I think|I'm afraid] my card [has been|was|is] [compromised|hacked|cloned|copied|stolen|lost]
  [kindly|please] [block|hotlist|deactivate] my [card|debit card|credit card] [as it is lost|as it has been misplaced|with immediate effect|]
  [unblock|unfreeze|unlock|reactivate] my card [, I found it|again|please|]
  [gave|I gave|told] my card [number|details] [to a scammer|to a stranger on the phone|on a fake site], [block it|lock the card|]
  [block|cancel] the [old|lost|stolen] card and [send|issue] a new one
  hi:[mera|] [card|atm card|debit card|purse] [kho gaya|chori ho gaya|gum gaya|nahi mil raha] [block karo|]
  hi:card [block karo|band kar do|lock karna hai] [jaldi|turant|]
  secure my [card|debit card] [now|please|at once]
`);
