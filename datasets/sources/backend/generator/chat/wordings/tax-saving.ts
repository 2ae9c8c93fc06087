import { wordings } from './grammar.js';

/** Wordings of `tax_saving`: saving tax. */
export const taxSavingWordings = wordings(`
  [how can I|how do I|how to|help me|ways to|tips to|I want to] [save|reduce|lower|cut|minimise|save on] [my|] [tax|taxes|income tax|tax burden|taxable income|tax bill] [{DATE}|on my salary|before {DATE}|]
  [tax|income tax|tax saving] [saving|planning|saver|benefits|deductions|exemptions|rebate|saving options|saving schemes|saving tips|help] [{DATE}|please|for salaried people|]
  [how much|what] [tax|income tax] [do I|must I|will I] [have to pay|pay|owe] [{DATE}|on {AMOUNT}|on my salary|]
  [what|which|where] [can I|investments|deductions|expenses|do I] [claim|invest for tax|are tax free|are tax deductible|save tax|invest under 80c|count for tax|put money to save tax]
  [section|under] [80c|80d|80ccd|24b] [investments|deduction|limit|benefit|options|left for me|]
  [new|old] [or old|or new|] tax regime, [which is better|what should I choose|what do I save]
  [is|are] [home loan interest|health insurance|rent|ppf|elss|nps|donations|tuition fees|an education loan] [tax deductible|tax free|good for tax|deductible]
  [elss|ppf|nps|ulip|hra|sukanya samriddhi] [tax benefit|for tax|to save tax|exemption|deduction] [please|?|]
  [do I|can I|will I] [get|claim|have] [a|any|] [tax benefit|tax deduction|tax rebate|deduction|exemption] [on|for|with] [my home loan|health insurance|rent|ppf|elss|nps|my savings]
  [calculate|estimate|work out|compute] my [tax|income tax|tax liability|tax deductions]
  [download|send me|I need|get] [my|the|a] [form 16|form 16a|tax certificate|tds certificate|interest certificate for tax|tax proof]
  [I pay|I am paying] [too much|a lot of|so much] tax, [what can I do|how to reduce it|help]
  [best|good|last minute|safe] [way|ways|options|investments|plan] to [save tax|reduce tax|lower my income tax|save on taxes] [{DATE}|]
  [invest|put] {AMOUNT} to [save tax|get tax exemption|lower my taxes]
  [documents|proofs|papers] [needed|required|] [to file|for] my [tax return|itr|income tax return]
  [kindly|please] [suggest|advise on|explain] [tax saving instruments|tax planning|tax exemptions|how to save tax]
  [how much|what part] of my [80c limit|tax deduction|tax limit] [is left|have I used|remains]
  [is there|any] [a|] [way|chance] to pay less tax
  [year end|tax season|advance] tax [planning|help|advice|payment]
  [maximum|total] [deduction|tax exemption|80c amount] [allowed|I can claim|for me]
  hi:tax [kaise bachaye|bachana hai|kitna dena hai|bachane ke tarike batao]
  tell me about [tax|income tax] [exemptions|deductions|saving|breaks|slabs]
  [tax|capital gains tax|tax on interest] [for freelancers|for senior citizens|on my fd|exemption options|advice]
`);
