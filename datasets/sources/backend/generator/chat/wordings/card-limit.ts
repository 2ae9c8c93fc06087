import { wordings } from './grammar.js';

/** Wordings of `card_limit`: the limit of a card. */
export const cardLimitWordings = wordings(`
  [increase|raise|enhance|extend|double|bump up|lift|upgrade] [my|the|] [card limit|credit limit|credit card limit|limit on my card|limit of my credit card|debit card limit|spending limit|credit line] [to {AMOUNT}|by {AMOUNT}|please|]
  [decrease|lower|reduce|cut|change|set|update|modify|adjust|restore] [my|the|] [card limit|credit limit|daily card limit|atm limit|withdrawal limit|limit on the card|online transaction limit|international limit] [to {AMOUNT}|]
  [what is|what's|whats|tell me|how much is|how high is] [my|the] [credit limit|card limit|credit card limit|daily limit|atm withdrawal limit|contactless limit|credit line|limit on my card {ACCOUNT}]
  [how much|what amount] [can I|am I allowed to] [withdraw|spend|take out|charge|pay] [with|on|using|from] [my|the] [card|credit card|debit card|atm] [per day|a day|at once|each day|abroad]
  [credit|card|daily|withdrawal|atm|pos|online] limit [increase|enhancement|change|on my card|check|of {AMOUNT}|please|]
  [I want|I need|I'd like|can I get|could I have|give me] [a|] [higher|bigger|lower|larger|temporary] [limit|credit limit|card limit|spending limit] [on my card|for my trip|of {AMOUNT}|]
  [my|the] [card|credit|credit card] limit is [too low|too small|not enough|only {AMOUNT}|exceeded|exhausted], [raise it|increase it please|can it be more|]
  [how much|what] [credit|of my credit limit|of my limit|limit] [is left|is available|do I have available|remains] [on my card|]
  [available|remaining|total|maximum] [credit|limit|credit limit|card limit] [on card {ACCOUNT}|on my card|]
  [am I eligible for|do I qualify for|can I apply for] a [credit limit increase|limit enhancement|higher card limit]
  [how do I|how can I|how to|where can I] [change|increase|raise|set|lower] [my|the] [card limit|credit limit|daily limit|limit on my card|atm limit]
  [set|cap|fix] [a|the|my] [daily|monthly|online|international|per day] [limit|card limit] [of|at|to] {AMOUNT} [on my card|for my card|]
  [max|maximum|highest|most] [withdrawal|amount I can spend|cash I can take out|payment] [per day|allowed|] [with|on|from] [my card|the debit card]
  [kindly|please] [enhance|increase|revise|reduce] the [limit|spending limit|credit limit] [on|of] my [card|credit card|debit card] [to {AMOUNT}|]
  [is there|what's] [any|a|the] [limit|maximum] [for|on] [card payments|online purchases with my card|atm withdrawals|tap and pay|foreign card transactions]
  [remove|take off] the [limit|daily limit|spending limit] [on|from] my [card|debit card]
  [can I|could I] [spend|pay] {AMOUNT} [in one go|at once] with my card
  why [is|was|did] my [credit limit|card limit] [so low|reduced|lowered|cut|go down]
  I have a [big|large|wedding] [purchase|expense|payment], [raise my card limit|I need more limit on my card]
  hi:[card|credit card|atm] [ki|ka] limit [badhao|kitni hai|badhani hai|kam karo]
`);
