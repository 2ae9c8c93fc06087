import { wordings } from './grammar.js';

/** Wordings of `credit_score`: the credit score. */
export const creditScoreWordings = wordings(`
  [what is|what's|whats|tell me|show me|get me|check|see|view|find|pull|give me] [my|the|] [credit score|cibil|cibil score|credit rating|experian score|fico score|credit report|credit history]
  [credit score|cibil|cibil score|credit rating|credit report|creditscore] [please|check|now|update|report|of mine|]
  [is|was] [my|a|the] [credit score|cibil|score like mine|credit rating|score] [good|bad|low|okay|excellent|poor|high enough|average]
  [why|how come] [did|is|has|was] my [credit score|cibil|score|credit rating] [drop|low|fallen|go down|decrease|so low|changed|not improving]
  [how can I|how do I|how to|tips to|ways to|help me] [improve|increase|raise|build|boost|repair|fix] [my|] [credit score|cibil|cibil score|credit|credit rating]
  [has|did] my [credit score|cibil|score] [improved|gone up|changed|go up|change|dropped|been updated] [since {DATE}|{DATE}|after I closed a loan|]
  [what|which things] [affects|hurts|lowers|influences|is hurting|determines] my [credit score|cibil|credit rating|score]
  [does|will|would] [a missed emi|checking it|a new card|closing a card|a late payment] [lower|hurt|affect|reduce|change] my [credit score|cibil|score]
  [I want to|I'd like to|I need to|can I|could you|where can I] [know|see|check|download|show me|view] my [credit score|credit report|cibil score|credit rating|credit history]
  [how is|how's|how good is|how bad is|how healthy is] my [credit|credit score|credit health|credit rating|cibil]
  [when|how often] [is|was|does|will] my [credit score|cibil|score] [updated|update|last updated|go up|refreshed]
  [kindly|please] [provide|share|fetch] my [latest|current|] [credit score|cibil score|credit report]
  [there is|is there] [an error|a mistake|a wrong entry] in my [credit report|cibil report|credit history]
  [credit|cibil] [score|report] [drop|error|history|download|meaning|range|improvement] [{DATE}|please|]
  what [score|rating|number] [do I have|am I at] [with|at|in] [the credit bureau|cibil|experian]
  my [credit score|cibil] [went down|fell|dropped|went up|rose] [by some points|{DATE}|], [why|what happened]
  [do I have|have I got] a [good|bad|decent] [credit score|credit rating|credit history|cibil]
  [explain|interpret] my [credit score|credit report|cibil]
  how far [am I|is my score] from [a good score|a good cibil|an excellent one]
  hi:[mera|] [cibil|cibil score|credit score] [kitna hai|batao|kaise badhaye|check karna hai|kam kyu hai]
  [refresh|update|fetch] my [credit score|cibil score|credit report]
`);
