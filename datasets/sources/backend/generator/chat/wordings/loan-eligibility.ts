import { wordings } from './grammar.js';

/** Wordings of `loan_eligibility`: asking whether a loan would be granted. */
export const loanEligibilityWordings = wordings(`
  [am I|are we|is my wife|would I be] [eligible|qualified|approved] for [a|any|the] [loan|personal loan|home loan|car loan|education loan|business loan|mortgage|loan of {AMOUNT}|second loan]
  [can|could|will|would] I [get|be given|be approved for|qualify for|receive] [a|any] [loan|personal loan|home loan|car loan|loan of {AMOUNT}|bike loan|top up loan] [with my salary|on my income|from you|with a low score|]
  [do|would] [I|we|students|pensioners|freelancers] qualify for [a|any] [loan|mortgage|home loan|personal loan|loan of {AMOUNT}|car loan]
  [how much|what amount of|how big a|what] [loan|can I borrow|could I borrow|mortgage|home loan|loan amount] [can I get|do I qualify for|am I eligible for|is possible|can I afford] [on a salary of {AMOUNT}|with my income|]
  how much [could|can|may|would] [I|we|you] [borrow|lend me|take as a loan|get as a loan] [with my salary|on {AMOUNT} income|from the bank|]
  [loan|home loan|personal loan|car loan|mortgage] [eligibility|eligibility check|eligibility criteria|requirements|criteria|eligibility calculator|conditions] [please|for me|]
  [check|see|tell me|find out|let me know] [my loan eligibility|if I am eligible for a loan|if I can get a loan|whether I qualify for a loan|whether the bank would lend me money]
  [what|which] [salary|income|credit score|documents|conditions|criteria] [do I need|is needed|are required|must I have] [to be eligible for|to qualify for|for] a [loan|home loan|personal loan|car loan]
  [what is|what's] the [minimum income|minimum salary|age limit|maximum amount|required score] for a [loan|home loan|personal loan|gold loan]
  [maximum|max|highest|largest] [loan|loan amount|personal loan|home loan] [I can get|for me|possible|on my salary|I could take]
  [is|are] there [any|a] [pre-approved|preapproved] [loan|loans|loan offer|personal loan] [for me|on my account|]
  I [earn|make|have an income of] {AMOUNT}, [can I get a loan|how much loan can I get|am I eligible for a home loan|what loan could I get]
  is my [salary|income|credit score|cibil] [enough|good enough|sufficient|okay] for a [loan|home loan|loan of {AMOUNT}|car loan]
  [what are my|how good are my|any] [chances|chance|odds] of [getting|being approved for] a [loan|home loan|personal loan]
  [will|would|could] [you|the bank] [give|lend|grant|approve] me [{AMOUNT}|a loan|a loan of {AMOUNT}|money] [with my income|if I have another emi|without credit history|]
  [which|what] loans [am I eligible for|can I get|do I qualify for|are available to me]
  [who|can a self employed person|can a student|can an nri|can a pensioner] [can get|get|take|qualify for] a [loan|home loan|personal loan]
  [kindly|please] [let me know|confirm|check] my eligibility for [a loan|a housing loan|a personal loan of {AMOUNT}]
  [can I|is it possible to|am I allowed to] [take|get|have] a [second|joint|bigger|top up] loan [with an existing emi|with my wife|]
  hi:[mujhe|kya mujhe] [loan|home loan|{AMOUNT} ka loan] [milega|mil sakta hai|mil jayega] [kya|]
  hi:[kitna loan|loan kitna] [mil sakta hai|milega] [mujhe|meri salary par|]
  [is a loan|would a loan of {AMOUNT} be] possible [with my score|for me|at my age|on my income]
`);
