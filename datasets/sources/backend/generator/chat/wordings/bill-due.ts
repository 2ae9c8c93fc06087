import { wordings } from './grammar.js';

/** Wordings of `bill_due`: asking when a bill is due. */
export const billDueWordings = wordings(`
  [when|what date|by when] [is|are|must] [my|the] [electricity bill|water bill|phone bill|credit card bill|rent|gas bill|insurance premium|internet bill|{MERCHANT} bill] [due|to be paid|payable]
  [when|by when] do I [have to|need to|must] pay [my|the] [bill|{MERCHANT} bill|card bill|mobile bill|electricity bill|school fees|maintenance]
  [do I have|are there|have I got|is there] [any|] [bills|bill|unpaid bills|pending bills|dues|outstanding bills] [due|to pay|pending|left|] [{DATE}|before {DATE}|for {MERCHANT}|]
  [what|which] [bills|payments|dues] [are|do I have] [due|coming up|pending|overdue|to pay|unpaid|outstanding] [{DATE}|by {DATE}|]
  [upcoming|pending|unpaid|overdue|next|outstanding|all] [bills|bill|dues|due dates|bill payments|payments due] [for {DATE}|please|list|]
  [due date|last date|deadline|due amount|payment date] [of|for] [my|the] [credit card|card bill|{MERCHANT} bill|electricity|mobile bill|broadband|water bill|property tax]
  [how much|what] [is|was] [my|the] [electricity|phone|water|gas|credit card|{MERCHANT}|latest|card] bill [{DATE}|and when is it due|]
  [how much|what] do I owe [on my credit card|on the card|for utilities|to {MERCHANT}|in bills] [and by when|{DATE}|]
  [did I|have I] [miss|missed|forget|forgotten] [any|a|to pay a] [bill|bill payment|due date|payment deadline]
  [is|has] [my|the] [{MERCHANT} bill|phone bill|card bill|electricity bill|bill] [overdue|generated|late|out|been generated|due soon|pending] [yet|already|]
  [am I late|are any late|is anything overdue] [on|with|in] [my bills|any bills|paying the bill]
  [remind me|tell me|let me know|notify me] [when|before] [my|the|any] [bill|bills|{MERCHANT} bill|card payment] [is due|are due|needs to be paid]
  [show|list|check|see|view] [me|] [my|the|all|] [dues|bills|due bills|bills due|pending bills|upcoming bills|bill details] [for {DATE}|of {MERCHANT}|]
  [minimum|total|amount|payment] due [on my card|on credit card|{DATE}|for {MERCHANT}]
  how many days [are left|do I have|till] [to pay|until|] [my bill is due|the card bill|the {MERCHANT} bill|my card payment]
  [kindly|please] [inform me of|advise|confirm] the [due date|outstanding amount|amount payable] [of|for|against] [my|the] [bill|{MERCHANT} bill|landline bill|credit card]
  [next|my next] [bill|payment|due date] [when|is when|please|]
  what [needs|has] to be paid [by {DATE}|{DATE}|before {DATE}]
  hi:[bijli|paani|phone|gas|card|{MERCHANT}] ka bill [kab bharna hai|kitna aaya|kab tak hai|aaya kya]
  hi:[kaun se|konse|kitne] bill [baaki hai|bharne hai|pending hai]
  last date [to pay|for paying|of] [the|my] [bill|{MERCHANT} bill|card bill|electricity bill]
`);
