import { wordings } from './grammar.js';

/** Wordings of `spending_summary`: summing up what was spent. */
export const spendingSummaryWordings = wordings(`
  [how much|what] [did I|have I|do I|did we] [spend|spent] [on {CATEGORY}|at {MERCHANT}|in total|overall|altogether|] [{DATE}|in {DATE}|so far|since {DATE}|]
  [where|on what] [is|did|does] [all|] my [money|salary|cash|income] [going|go|gone] [{DATE}|]
  [give me|show me|I need|I want|show|get|prepare] [a|an|the|my] [breakdown|summary|overview|report|analysis|split|picture] of [my|] [expenses|spending|expenditure|spends|outgoings] [for {DATE}|by category|]
  [spending|expense|expenses|expenditure|spend] [summary|report|analysis|overview|breakdown|by category|by merchant|insights|habits] [for {DATE}|of {DATE}|please|]
  [total|monthly|weekly|average|overall] [spend|spending|expenses|expenditure|spends] [on {CATEGORY}|{DATE}|for {DATE}|at {MERCHANT}|]
  [my|what are my|show my] [top|biggest|largest|highest|main] [expenses|spending categories|costs|spends] [{DATE}|in {DATE}|]
  [which|what] [category|shop|merchant|area] [do I|did I] [spend|spent] [the most|most|least] [on|at|in] [{DATE}|]
  [compare|difference between] [my|] [spending|expenses|spends] [{DATE} and {DATE}|{DATE} with {DATE}|on {CATEGORY} and {CATEGORY}]
  [did I|have I|am I|do I] [spend more|spent more|spending more|spend too much|spending too much] [on {CATEGORY}|than {DATE}|than usual|at {MERCHANT}|{DATE}]
  [add up|sum up|calculate|summarise|total up|analyse] [my|all my|everything I spent on] [spending|expenses|{CATEGORY}|purchases|{CATEGORY} costs] [{DATE}|for {DATE}|]
  how much [went|goes|has gone|money went] [on|to|into|for] [{CATEGORY}|{MERCHANT}|subscriptions|bills|eating out|the trip] [{DATE}|in total|]
  how much [did|do] [{CATEGORY}|the holiday|my subscriptions|eating out|the wedding] cost me [{DATE}|in total|]
  what [percentage|share|part] of my [salary|income|money] [goes|went] [to|into|on] {CATEGORY}
  [I feel like|I think|it seems] I [spend|am spending|spent] [too much|a lot] on {CATEGORY}, [how much was it|show me|how much is it really]
  [I want to|I'd like to|help me|let me] [understand|see|know|track] [my spending|my expenses|what I spend on|where my money goes|how much I spend] [on {CATEGORY}|{DATE}|]
  [kindly|please] [provide|share|show] [a summary|the details|the total] of my [expenditure|spending|expenses] [for {DATE}|on {CATEGORY}|]
  [{CATEGORY}|card] [spend|spends|expenses|spending|costs] [{DATE}|so far|in total]
  how much have I [blown|wasted|shelled out|used up|paid out|splurged] [on {CATEGORY}|at {MERCHANT}|{DATE}]
  [chart|graph] of my [spending|expenses] [by category|by month|{DATE}]
  hi:[maine|mera] [kitna|total] [kharch kiya|kharcha hua|paisa kharch hua] [{DATE}|{CATEGORY} par|is mahine]
  hi:[paisa|salary|kharcha] kahan [ja raha hai|gaya|ho raha hai]
`);
