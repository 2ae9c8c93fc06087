import { wordings } from './grammar.js';

/** Wordings of `forecast_spending`: predicting what will be spent. */
export const forecastSpendingWordings = wordings(`
  [how much|what] [will|would|am I going to|am I likely to|shall] [I|we|] [spend|need|pay out|be spending] [on {CATEGORY}|in total|] [{DATE:[next month|next week|next year|tomorrow]}|by {DATE}|in the coming weeks|by month end]
  [predict|forecast|estimate|project|guess|calculate] [my|the|] [spending|expenses|costs|expenditure|spends|outgoings|{CATEGORY} spending] [for {DATE}|for the coming month|ahead|until {DATE}|]
  [what will|how will|what would] my [expenses|spending|costs|expenditure|outgoings] [be|look like|come to|develop] [{DATE:[next month|next week|next year]}|in {DATE}|by {DATE}|in the future]
  [spending|expense|expenses|expenditure|spend|cost] [forecast|prediction|projection|estimate|outlook] [for {DATE}|please|for {CATEGORY}|]
  [expected|projected|predicted|estimated|anticipated|likely|upcoming|future] [spend|spending|expenses|expenditure|costs|outgoings] [for {DATE}|on {CATEGORY}|{DATE:[next month|next week]}|]
  [at this rate|at this pace|if I go on like this|if I keep spending like this], [how much will I spend|will my money last|what will I have spent by {DATE}|will anything be left]
  will [I|my money|my salary|there be] [run out|last|be enough|anything left|have anything left|have enough] [before payday|until {DATE}|by month end|till the end of the month|before {DATE}]
  [will|is] [{DATE:next month}|{DATE:next week}|the coming month|the festival season] [be|going to be] [expensive|costly|cheaper] for me
  [will|are] my [expenses|costs|spending] [go up|rise|increase|expected to rise|going to fall|be higher] [{DATE:next month}|in {DATE}|soon]
  how much [should I|must I|do I have to] [keep aside|set apart|plan|expect] for [{CATEGORY}|expenses|my costs|regular expenses] [{DATE:[next month|next week]}|in {DATE}|in the coming month]
  [give me|I need|I want|show me] [a|an|the] [forecast|projection|prediction|estimate|idea] of [my future spending|my upcoming expenses|what I will spend|next costs]
  [tell me|let me know] [in advance|ahead of time|beforehand] [how much I will spend|what my expenses will be|what I will need for {CATEGORY}]
  [do you think|do you expect that] I [will|am going to] [overspend|spend more|spend less|exceed my income|go over what I earn] [{DATE:next month}|]
  [can I afford|will I manage] my [usual|regular] [spending|expenses|lifestyle] [till the end of the month|{DATE:next month}|until {DATE}]
  [kindly|please] [provide|share] [an estimate|a projection|a forecast] of my [upcoming|future|expected] [expenses|expenditure|spending]
  what [will|is going to be] [my {CATEGORY} bill|{CATEGORY}|the cost of {CATEGORY}] [cost me|come to|be] [{DATE:next month}|in {DATE}]
  [forecast|predict it|look ahead], [what are my expenses|what will I spend|how much will go out]
  [where will|how will] my [spending|expenses|money] [land|end up|stand] [by {DATE}|at month end|at the end of the year]
  hi:[agle|aane wale|aage] [mahine|hafte|dino] [ka|me|mein] [kitna kharcha hoga|kharcha kitna hoga|kitna lagega|kharch batao]
  [based on|from|going by] my [history|past spending|habits], [how much will I spend|what will I spend {DATE:next month}|estimate the coming month]
`);
