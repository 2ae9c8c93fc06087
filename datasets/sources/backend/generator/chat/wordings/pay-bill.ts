import { wordings } from './grammar.js';

/** Wordings of `pay_bill`: paying a bill. */
export const payBillWordings = wordings(`
  [pay|settle|clear|pay off] [my|the|all|this] [electricity|water|phone|mobile|gas|internet|broadband|credit card|card|{MERCHANT}|cable|power] [bill|bills|dues] [of {AMOUNT}|now|from {ACCOUNT}|{DATE}|please|]
  [I want to|I need to|I'd like to|I would like to|want to|need to|have to|let me] [pay|settle|clear|make a payment for] [my|the|a] [bill|{MERCHANT} bill|electricity bill|credit card bill|phone bill|rent|school fees|insurance premium|dues]
  [bill payment|bill pay|pay bill|pay bills|make a bill payment|utility payment] [for {MERCHANT}|please|of {AMOUNT}|]
  [can|could|would] you [pay|settle|clear|take care of] [my|the] [bill|{MERCHANT} bill|water bill|phone bill|card bill|utility bills|rent] [for me|{DATE}|from {ACCOUNT}|please]
  [recharge|top up] [my|the|] [mobile|phone|dth|fastag|metro card|prepaid] [with|for|of|] [{AMOUNT}|] [please|now|]
  [make|do|process|complete|send|schedule] [a|the|my] payment [for|of|towards] [my|the] [credit card|electricity bill|{MERCHANT} bill|bill|power bill|water connection|card outstanding]
  [put|pay] {AMOUNT} [towards|on|against|for] [my|the] [credit card|card bill|{MERCHANT} bill|electricity bill|outstanding]
  [pay|just pay] the [minimum|full amount|total outstanding|full outstanding|minimum due|rest] [on|of] my [card|credit card|bill]
  [set up|turn on|start|enable|schedule] [autopay|auto pay|automatic payment|auto debit] for [my|the] [electricity|bill|{MERCHANT} bill|credit card|phone bill]
  [how do I|how can I|how to|where do I|can I] pay [my|the|a|] [bill|{MERCHANT} bill|electricity bill|card bill|water bill|property tax|school fees] [here|through the app|online|]
  [schedule|plan] [the|my] [electricity bill|{MERCHANT} bill|card payment|bill payment] for {DATE}
  [use|from] {ACCOUNT} [to|] pay [the|my] [bill|{MERCHANT} bill|card bill|heating bill|electricity bill]
  [go ahead and|please|kindly|just] pay [the|my] [internet bill|{MERCHANT} bill|bill|rent|maintenance|landline bill|dues] [now|before it is late|immediately|]
  [kindly|please] [process|execute|complete] the [payment|bill payment] [of|for] [my|the] [bill|{MERCHANT} bill|electricity|telephone bill]
  I [forgot|did not manage] to pay [my|the] [bill|{MERCHANT} bill|card bill], [pay it now|please pay it|do it now]
  [get|let's get] [the|my] [bill|{MERCHANT} bill|phone bill|gas bill] paid [by {DATE}|now|{DATE:today}]
  pay {MERCHANT} [{AMOUNT}|bill|now|from {ACCOUNT}|]
  hi:[bijli|phone|gas|paani|card|{MERCHANT}] ka bill [bhar do|pay karo|jama karo|chukana hai|bharna hai]
  hi:[mobile|phone|dth] recharge [kar do|karna hai|{AMOUNT} ka]
  pay [society|monthly|] [maintenance|council tax|property tax|the hospital bill|the tuition fee|the premium] [of {AMOUNT}|please|]
`);
