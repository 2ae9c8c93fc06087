import { wordings } from './grammar.js';

/** Wordings of `apply_loan`: applying for a loan. */
export const applyLoanWordings = wordings(`
  [apply|applying|I want to apply|I'd like to apply|I would like to apply|please apply|want to apply] for [a|the|] [loan|personal loan|home loan|car loan|education loan|business loan|mortgage|loan of {AMOUNT}|gold loan] [online|now|please|]
  [I need|I want|need|want|looking for|I am looking for|get me|give me] [a|an] [loan|personal loan|home loan|loan of {AMOUNT}|car loan|quick loan|bike loan|instant loan|small loan] [urgently|for my business|for a house|for two years|please|{DATE:today}|]
  [I want to|I'd like to|I need to|I wish to|looking to|want to|I would like to] [take|take out|borrow|get|avail|raise] [a loan|{AMOUNT}|money|a mortgage|a personal loan|a loan of {AMOUNT}|an education loan] [from you|for a wedding|for renovation|for {DATE}|]
  [start|begin|open|submit|initiate|fill in|process] [a|my|the|an] [loan application|application for a loan|home loan application|loan request|mortgage application|application for a personal loan] [of {AMOUNT}|please|]
  [how do I|how can I|how to|where do I|where can I] [apply for|take|get started with|request] [a|the|] [loan|personal loan|home loan|car loan|mortgage]
  [loan|personal loan|home loan|car loan] [application|application form|request|apply] [of {AMOUNT}|please|]
  [take|accept|go ahead with|use] the [loan offer|pre-approved loan|personal loan|offered loan]
  [I am|I'm|we are] [buying|purchasing] [a house|a car|a flat|a bike|equipment] and [want|need] [a loan|financing|to finance it|to borrow money]
  [steps|documents|procedure|form] [to apply|for applying|needed to apply] for a [loan|home loan|personal loan]
  [sign me up|put me down|enrol me] for a [loan|personal loan|business loan]
  [sanction|disburse|grant|arrange|set up] [me|] a loan [of {AMOUNT}|for me|please|]
  [borrow|lend me] {AMOUNT} [please|for a year|now|]
  [can you|could you|please] [give me|start|process|set up|arrange] [a loan|my loan application|a loan of {AMOUNT}|a personal loan] [{DATE:today}|for me|]
  [help me|assist me|guide me] [with|to|in] [my loan application|apply for a loan|applying for a home loan|taking a loan]
  [kindly|please] [process|initiate|accept] my [application|request] for a [loan|loan of {AMOUNT}|housing loan]
  [request|requesting] [for|] a loan [of {AMOUNT}|against my deposit|against property|]
  [finance|financing] [for|] [my shop|my new car|a laptop|the renovation], [I want to apply|please start the loan]
  [new|another|top up|two wheeler|student] loan [application|please|of {AMOUNT}|, start it]
  hi:[mujhe|] [loan|home loan|{AMOUNT} ka loan|personal loan] [chahiye|lena hai|ke liye apply karo|do]
  I need [money|{AMOUNT}] [urgently|], [want to take a loan|give me a loan|as a loan]
  get [the|a|my] [instant loan|loan amount|loan] [disbursed|now|paid to {ACCOUNT}]
`);
