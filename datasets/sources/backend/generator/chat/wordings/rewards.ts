import { wordings } from './grammar.js';

/** Wordings of `rewards`: reward points and cashback. */
export const rewardsWordings = wordings(`
  [how many|what are my|what is my] [reward points|points|rewards|loyalty points|air miles|bonus points|cashback] [do I have|have I collected|have I earned|balance|left|] [on my card|now|]
  [redeem|use|spend|exchange|convert|cash in|claim] [my|the|some|] [reward points|points|rewards|cashback|miles|loyalty points] [for a voucher|for cash|for a gift card|to pay my bill|at {MERCHANT}|for flights|please|]
  [reward points|points|rewards|cashback|miles] [balance|summary|catalogue|check|redemption|expiry|details|value] [please|on my card|]
  [when|do|will] [my|] [points|reward points|rewards|miles] [expire|run out|lapse|have an expiry date]
  [did I|do I|will I] [get|earn|receive] [any|the|] [cashback|reward points|points|a reward] [on this card|for {MERCHANT}|for last purchases|for fuel|on {CATEGORY}|]
  [where is|where's|why didn't I get|why is there no] [my|the|] [cashback|reward|points|bonus points|referral bonus|welcome voucher] [for {MERCHANT}|of {AMOUNT}|]
  [my|the] [cashback|points|reward|bonus] [has not been|hasn't been|was not|is not] [credited|added|received|showing] [yet|for {MERCHANT}|]
  [any|what|which|current|best|show] [offers|deals|discounts|cashback offers|coupons|vouchers] [for me|on my card|at {MERCHANT}|are there|available|running|for card holders]
  [what can I|what do I] [get|buy|do] [with|for] my [points|reward points|rewards|miles]
  [how do I|how can I|how to|where do I|where can I] [redeem|use|see|earn|check|get more] [my|] [points|reward points|rewards|cashback]
  [I want to|I'd like to|I need to|can I] [redeem|use|know|see|convert|transfer] my [reward points|points|rewards|cashback|miles] [for a flight|for a voucher|to cash|]
  [cashback|rewards|points] [earned|collected|credited|received] [{DATE}|so far|in {DATE}|at {MERCHANT}]
  how much [are|is|cashback did I get from] [my|] [points|reward points|{MERCHANT}|rewards] [worth|in rupees|]
  [how many|do I get] points [per|for each|for every|for] [hundred rupees|purchase|rent payment|spend of {AMOUNT}]
  [kindly|please] [advise|share|tell me] my [reward point balance|loyalty status|accumulated points]
  [lounge access|milestone benefits|card benefits|perks|membership benefits] [on my card|with my card|?]
  [what|which] [benefits|perks|privileges] [does my card have|come with my card|do I have on my card]
  [buy|get] a [gift card|voucher|flight|hotel night] with my [points|rewards|miles]
  [points|rewards] [expiring|about to expire] [soon|{DATE}|]
  hi:[mere|] [reward points|points|cashback] [kitne hai|kab milega|redeem karne hai|kahan dikhenge]
  [offers|discount|deal] on [{CATEGORY}|flights|{MERCHANT}|restaurants] with my card
`);
