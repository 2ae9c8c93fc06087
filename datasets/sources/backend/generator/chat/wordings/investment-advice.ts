import { wordings } from './grammar.js';

/** Wordings of `investment_advice`: advice on investing. */
export const investmentAdviceWordings = wordings(`
  [where|how|in what] [should|can|do|could] I [invest|put|start investing|park] [my money|{AMOUNT}|my savings|my bonus|some money|spare cash|in mutual funds|] [safely|for five years|for good returns|now|]
  [suggest|recommend|advise|tell] [me|] [some|a|good|the best|any] [mutual funds|investment|investments|sip|funds|stocks|investment plan|shares|portfolio] [for {AMOUNT}|for me|for my parents|for the long term|]
  [is it|is this] [a good|the right|wise|a bad|a good time] [time|idea|] to [invest in|buy|sell] [gold|stocks|shares|mutual funds|bonds|crypto|real estate|equity]
  [should I|shall I|is it better to] [buy|invest in|choose|go for|hold|sell] [stocks|mutual funds|gold|bonds|shares|index funds|etfs|crypto|nps] [or mutual funds|or gold|now|or wait|]
  [I want to|I'd like to|I plan to|how do I|how can I|help me] [start|begin|start investing|invest|open] [a sip|investing|in stocks|in mutual funds|in index funds|in bonds|in equity|{AMOUNT}|a portfolio]
  [best|good|safe|smart|low risk|high return] [investment|investments|mutual funds|sip|place to invest|way to invest|stocks|funds] [for {AMOUNT}|for beginners|for retirement|options|now|]
  [investment|investing|portfolio|mutual fund|sip] [advice|options|ideas|suggestions|tips|plan|recommendation] [please|for {AMOUNT}|for me|]
  [how to|how can I|how do I] [grow|multiply|double|increase] my [money|savings|wealth]
  I have [{AMOUNT}|some money|a bonus|extra cash] [idle|lying around|to invest|], [where should I put it|what should I do with it|how do I invest it|what do you recommend]
  [which|what] [fund|mutual fund|stock|sip|investment|etf] [gives good returns|should I choose|is best|is safe|suits me|is good for me]
  [what kind|what type] of [investments|funds|assets] [suit me|are good for beginners|should I have|are safe]
  [invest|put] {AMOUNT} [a month|every month|in a mutual fund|in gold|in stocks|for me|for ten years]
  [how much|what part] of my [salary|income|savings] should I invest
  [diversify|review|rebalance|improve|check] my [portfolio|investments]
  my [portfolio|fund|stocks|investment] [is down|lost money|went up], [should I sell|what should I do|should I buy more]
  [are|is] [bonds|mutual funds|etfs|stocks|gold|real estate|crypto] [a good investment|safe|a good idea|worth it] [now|for me|for beginners|]
  [what gives|where do I get|where can I get] [better|higher] returns than [a savings account|the bank|a deposit]
  [sip or lumpsum|gold or funds|equity or debt|stocks or funds], [which is better|what is good for me|what do you advise]
  [kindly|please] [advise|guide me] on [suitable investments|investing|mutual funds|where to invest {AMOUNT}]
  [talk|I'd like to talk|discuss] about [investing|investments|wealth building|my portfolio]
  [buy|open|start] [a|some|] [mutual fund|sip|sovereign gold bonds|shares|index fund] [of {AMOUNT}|for me|please|]
  hi:[paisa|{AMOUNT}|paise] kahan [invest karu|lagau|lagana chahiye]
  hi:[sip|mutual fund|share market] [shuru karna hai|batao|me invest karna hai|suggest karo]
  invest for [my child|my retirement|the long term|a house|my daughter's future]
`);
