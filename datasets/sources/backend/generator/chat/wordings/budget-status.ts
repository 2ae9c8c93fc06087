import { wordings } from './grammar.js';

/** Wordings of `budget_status`: asking how a budget stands. */
export const budgetStatusWordings = wordings(`
  how much [of my|of the|] [budget|{CATEGORY} budget|monthly budget] [is left|remains|is remaining|have I used|do I have left|is still available|have I used up]
  [am I|was I|are we] [within|inside|over|under|above|on track with|good on|okay on] [my|the] [budget|{CATEGORY} budget|monthly budget|spending limit] [{DATE}|]
  [have I|did I] [crossed|cross|exceeded|exceed|gone over|go over|blown|hit|reached|used up|finished] [my|the] [budget|{CATEGORY} budget|budget for {CATEGORY}|monthly limit] [already|{DATE}|]
  budget [status|progress|usage|check|report|overview|tracking|left|remaining|update] [for {CATEGORY}|{DATE}|please|]
  [show|see|check|view|tell me|give me] [my|the|] [budget|budgets|remaining budget|leftover budget|budget status|{CATEGORY} budget] [for {DATE}|and what is used|so far|]
  [what is|what's|whats|how much is] [left|remaining|still there] [in|of|from|under] [my|the] [budget|{CATEGORY} budget|{AMOUNT} budget for {CATEGORY}]
  how [am I doing|do I stand|close am I|far am I|far over am I] [against|with|on|to the limit of] my [budget|{CATEGORY} budget|monthly budget]
  how [is|does] my [budget|{CATEGORY} budget] [doing|look|looking|going] [{DATE}|]
  [how much more|how much] can I [still|] spend [on {CATEGORY}|] [before I hit my budget|within my budget|according to my budget|in this budget]
  [can I|do I have room to] [still|] [spend|buy|shop] [on {CATEGORY}|something] or is [the budget|my budget] [gone|finished|used up]
  [which|what|any] [budgets|budget|categories|category] [have I exceeded|am I over on|is over the limit|is about to be exceeded|is almost used]
  [is|was] [my|the] [{CATEGORY}|monthly|] budget [finished|exhausted|ok|okay|used up|crossed|overspent]
  [remaining|unused|leftover|used] [budget|{CATEGORY} budget|amount in my budget] [for {CATEGORY}|{DATE}|please|]
  am I overspending [compared to|against|on] [my|the] [budget|limit I set|{CATEGORY} budget]
  I [set|have|made] a [limit|budget|cap] of {AMOUNT} [for {CATEGORY}|], [how far am I|how much is used|where do I stand|what is left]
  [kindly|please] [show|share|tell me] the [status|position|utilisation] of my [budget|{CATEGORY} budget|monthly budget]
  [where do I|tell me where I|do I] stand [with|on] my [budget|budgets|{CATEGORY} budget]
  did I [stick to|keep to|stay within|respect] [my|the] [budget|{CATEGORY} budget] [{DATE}|]
  what [percent|percentage|share] of [my|the] [budget|{CATEGORY} budget] [is used|have I used|is gone]
  hi:[budget|{CATEGORY} ka budget|mera budget] [kitna bacha hai|cross ho gaya kya|khatam ho gaya|ke andar hu kya]
  is there [room|money|anything] left in [my|the] [budget|{CATEGORY} budget]
`);
