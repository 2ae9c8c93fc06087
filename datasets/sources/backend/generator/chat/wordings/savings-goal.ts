import { wordings } from './grammar.js';

/** Wordings of `savings_goal`: saving for a goal. */
export const savingsGoalWordings = wordings(`
  [I want to|I'd like to|I need to|help me|I would like to|I'm trying to] [save|save up|put money aside|start saving] [{AMOUNT}|] for [a car|a bike|a house|a holiday|my wedding|a new phone|a laptop|college|my child|retirement|a trip|a down payment] [by {DATE}|]
  [create|start|open|set up|add|make|set] [a|my|another] [savings goal|saving goal|goal|savings target|savings pot|piggy bank|savings plan|fund] [of {AMOUNT}|for a trip|for my daughter|for emergencies|for a house|]
  [how close|how far|how near] am I [to|from] [my|the] [savings goal|goal|savings target|saving target|vacation goal]
  [am I|are we] on track [to reach|with|for] my [savings goal|saving goal|goal|target|savings]
  [savings|saving] [goal|target|goals] [progress|status|update|overview|for a bike|for {AMOUNT}|]
  [how much|what amount] [should|must|do] I [need to|have to|] [save|put away|put aside] [each month|every week|monthly] [to reach {AMOUNT}|to buy a car|to afford a house|for {AMOUNT} by {DATE}]
  [how much have I|how much did I] [saved|save|put aside|put] [for|towards] [my goal|the trip|the car|the wedding|my goals] [so far|{DATE}|]
  [put|move|set|add|transfer] [aside|away|] {AMOUNT} [every month|each week|] [into|to|towards|for] my [goal|savings goal|emergency fund|holiday fund|piggy bank]
  [how long|when] [until|till|will] [I|] [reach|have reached|have saved enough for|hit] [my goal|my target|the car|{AMOUNT} in savings]
  [change|increase|reduce|edit|pause|stop|delete|rename|extend] my [savings goal|goal|monthly saving|saving target|goal for the trip] [to {AMOUNT}|by {AMOUNT}|until {DATE}|]
  [emergency|rainy day|holiday|wedding|education|festival|travel] fund [status|of {AMOUNT}|goal|progress|please|setup]
  [build|grow|begin|plan] [a|an|my] [emergency fund|rainy day fund|savings habit|nest egg|savings pot] [of {AMOUNT}|]
  [goal|saving|save] for [a new phone|a scooter|a camera|school fees|a baby|a tv|my parents|furniture]
  [automatically|auto] save {AMOUNT} [a day|every week|each month|] [towards my goal|for my goal|]
  [let's|let us|please] save [for a car|for a vacation|{AMOUNT} by {DATE}|for the house]
  [show|list|track|view|check] my [savings goals|saving goals|goals|goal progress|savings progress]
  [kindly|please] [assist me in|help me with] [setting a savings target|saving for marriage|planning my savings|a goal based saving]
  [withdraw|take out|use] [money|{AMOUNT}|] from my [goal|savings goal|holiday pot]
  hi:[ghar|gaadi|shaadi|phone|padhai] ke liye [paise jodne hai|bachat karni hai|{AMOUNT} jama karna hai|paise bachane hai]
  hi:bachat ka [goal|lakshya] [banao|kitna pura hua|set karo]
  how much is [left|missing|still needed] [to reach|for] my [goal|target|savings goal]
  is my [goal|savings goal|target] [achievable|realistic|reached|complete] [by {DATE}|]
`);
