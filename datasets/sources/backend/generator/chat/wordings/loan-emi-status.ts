import { wordings } from './grammar.js';

/** Wordings of `loan_emi_status`: instalments of a loan. */
export const loanEmiStatusWordings = wordings(`
  [when|what date] [is|was] [my|the] [next|last|] [emi|loan instalment|installment|loan payment|mortgage payment|emi payment] [due|deducted|debited|taken|]
  [how many|number of] [emis|instalments|installments|payments|months] [are left|remain|do I have left|are remaining|have I paid|are pending] [on|of|for] [my|the] [loan|home loan|car loan|mortgage|personal loan]
  [how much|what] [do I|is] [still|] [owe|left|outstanding|remaining|left to pay] on [my|the] [loan|home loan|car loan|mortgage|student loan|personal loan]
  [has|was|did|is] [my|the|this] [emi|loan emi|instalment|loan payment] [been deducted|deducted|been paid|debited|paid|get deducted|bounced|go through|overdue] [{DATE}|yet|]
  [emi|loan|instalment|loan emi|loan repayment] [status|due date|amount|details|schedule|date|balance|outstanding|summary] [please|{DATE}|of my car loan|]
  [what is|what's|show|tell me|how much is] [my|the] [emi|monthly emi|loan emi|monthly instalment|home loan emi|emi amount|emi date] [{DATE}|on my loan|]
  [loan|mortgage|home loan|car loan] [balance|outstanding|outstanding amount|remaining amount|principal left|tenure left|status|details] [please|]
  [when|how long until] [will|is] my [loan|mortgage|home loan|car loan] [be paid off|be over|finished|close|fully paid|end]
  [what is|show|tell me] the [outstanding principal|outstanding balance|remaining tenure|remaining amount|interest paid so far|foreclosure amount] [on|of] my [loan|home loan|car loan]
  [did I|have I] [miss|missed|skip|pay|paid] [an emi|my emi|any instalment|a loan payment|the emi for {DATE}]
  [how much|what] [would it cost|must I pay|is needed] to [close|foreclose|prepay|pay off] my [loan|home loan|personal loan] [{DATE}|now|]
  [show|send|share|see|view|check] [me|] [my|the] [loan details|emi schedule|repayment schedule|loan account|loan balance|emi history|instalments paid]
  [how far|how much] [along am I with|of my|have I paid of] [my loan|loan is paid|the mortgage]
  [remaining|pending|overdue|upcoming|next|last|missed] [emi|emis|instalment|instalments|loan payments] [of my loan|{DATE}|please|]
  [is|are] [my|any|the] [emi|emis|loan payment|instalment] [overdue|pending|due {DATE}|late|paid]
  [on what date|from which account|when in the month] [is|do you take] [my|the] emi [taken|debited|]
  [kindly|please] [share|provide|confirm] the [repayment schedule|outstanding amount|emi details|due date of the emi] [of|for] my [loan|housing loan|personal loan]
  my [emi|loan emi|emi cheque] [bounced|failed|was taken twice|was not debited], [what is the status|what now|is it paid]
  [is|was] my [loan|personal loan|car loan] [closed|fully paid|settled] [now|after the last emi|]
  [auto debit|autopay] for my [emi|loan] [gone through|done|failed|{DATE}]
  hi:[emi|loan ki emi|meri emi] [kab katega|kitni baaki hai|kat gayi kya|kab hai|kitni hai]
  hi:[mera|] loan kitna [baki hai|bacha hai|chukana hai]
  current [interest rate|rate|emi] on my [existing|running|] [loan|home loan]
`);
