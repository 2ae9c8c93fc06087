import { wordings } from './grammar.js';

/** Wordings of `refund_status`: asking where a refund is. */
export const refundStatusWordings = wordings(`
  [where is|where's|what about|what happened to|any news on] [my|the] [refund|refund from {MERCHANT}|refund of {AMOUNT}|money from the cancelled order|returned money]
  [has|did|was] [my|the] [refund|refund from {MERCHANT}|refund of {AMOUNT}|reversal|refunded amount] [come|arrive|arrived|been credited|been processed|go through|credited|processed|received] [yet|{DATE}|]
  [when|how soon] [will|do|does|can] [I|my|the] [refund|get my refund|get the refund|get my money back|money be returned|refund come|receive the refund] [from {MERCHANT}|arrive|]
  refund [status|update|timeline|not received|not credited|pending|missing|delayed|tracking] [from {MERCHANT}|of {AMOUNT}|for my order|please|]
  [still waiting|I am waiting|waiting|I'm still waiting] for [my|the|a] [refund|money back|refund from {MERCHANT}|{AMOUNT} refund] [since {DATE}|]
  [I returned|I sent back|I cancelled] [an item|the order|my booking|a shirt|my ticket|my flight], [when do I get the money|where is the refund|has the money come back|when is my refund coming]
  [{MERCHANT}|the shop|the store|the seller|the airline|the merchant] [said|says|confirmed|promised] [they refunded me|the refund was sent|a refund by {DATE}|they would give the money back], [but I don't see it|nothing so far|but it is not in my account|]
  [I have not|I haven't|I still haven't|I did not] [received|got|get|seen] [my|the|any] [refund|money back|refund from {MERCHANT}|refund of {AMOUNT}] [yet|so far|]
  [my|the] refund [has not|hasn't|did not|is not|never] [arrived|come|shown up|showing up|showing|reached my account|been paid] [yet|on my statement|]
  [check|track|trace|look up|show|see|find] [my|the|a] [refund|pending refund|refund status|refund from {MERCHANT}|refund of {AMOUNT}]
  [how long|how many days] [does|will|do] [a|the|my] refund [take|need] [to arrive|to show up|from {MERCHANT}|]
  [was|has] [the|my] [cancelled order|returned item|failed transaction|hotel booking|cancelled ticket|deposit] [refunded|been refunded|paid back|returned to my account]
  [order|ticket|booking|flight] [was cancelled|got cancelled|cancelled] [by the seller|{DATE}|] but [no refund|money not returned|no money back] [yet|so far|]
  [kindly|please] [update me on|inform me about|confirm] [the status of|] my refund [from {MERCHANT}|of {AMOUNT}|initiated on {DATE}|]
  [why is|why has] [my|the] refund [delayed|taking so long|not come|still pending|not in my account]
  [is|are] [my refund|the refund|any refunds|a refund from {MERCHANT}] [on its way|processed|pending|credited|coming|there]
  [expecting|I expect|I should have got|I am owed] a refund [from {MERCHANT}|of {AMOUNT}|], [is it there|did it come|where is it]
  [it has been|it's been] [two weeks|ten days|a month|a week] [and|but] [no refund|still no refund|the refund is not here]
  [money|amount|payment] [not returned|not refunded|still not back|to be returned] [by {MERCHANT}|after cancellation|]
  hi:[mera|{MERCHANT} ka|] refund [kab aayega|kahan hai|nahi aaya|aaya kya|kab milega]
  hi:[order cancel kiya|wapas kiya] [paise wapas kab milenge|refund nahi mila]
  [status|progress] of [the|my] [refund|reversal] [initiated on {DATE}|from {MERCHANT}|]
`);
