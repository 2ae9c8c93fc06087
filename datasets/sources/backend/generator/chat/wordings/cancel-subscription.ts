import { wordings } from './grammar.js';

/** Wordings of `cancel_subscription`: cancelling a subscription. */
export const cancelSubscriptionWordings = wordings(`
  [cancel|stop|end|terminate|discontinue] [my|the|a|all|] [subscription|subscriptions|membership|{SERVICE} subscription|{MERCHANT} subscription|gym membership|{SERVICE} plan|monthly plan|free trial] [please|now|from {DATE}|]
  [unsubscribe|unsubscribe me|I want to unsubscribe] [from {SERVICE}|from {MERCHANT}|from a service|from the newspaper|]
  [stop|turn off|disable|cancel|remove|revoke|deactivate] [the|my|] [autopay|auto renewal|auto debit|e-mandate|mandate|standing instruction|recurring payment|automatic payment|standing order|direct debit] [for {SERVICE}|to {MERCHANT}|of {AMOUNT}|for my gym|]
  I [don't want|no longer want|no longer use|do not need|don't use|am done with] [{SERVICE}|my {SERVICE} subscription|the {SERVICE} app|this subscription|my gym membership] [any more|, cancel it|, stop the payment|]
  [I want to|I'd like to|I need to|can I|can you|could you|how do I|how to|how can I] [cancel|stop|end|get rid of|quit|drop|opt out of] [my|a|the|] [subscription|{SERVICE}|{SERVICE} subscription|membership|recurring charges|monthly plan|autopay]
  [stop|prevent] [{SERVICE}|{MERCHANT}|the gym|them|the app] from [charging|billing|debiting] me [every month|again|any more|]
  [I keep|I am still|I'm] [getting charged|being charged|paying] for [{SERVICE}|a trial|a subscription I don't use|an app|my old gym], [cancel it|stop it|end that]
  [don't|do not|never] [renew|auto renew|extend] [my|the] [{SERVICE}|{SERVICE} membership|subscription|plan|yearly plan] [{DATE}|next time|]
  [stop|no more] [paying|recurring charges|monthly charges|payments] [for|from|to] [{SERVICE}|{MERCHANT}|the magazine|cloud storage]
  [subscription|membership|autopay|mandate|{SERVICE}] [cancel|cancellation|to be cancelled|stop] [please|request|]
  [which|what] subscriptions [can I cancel|are running that I could stop|do I have to cancel]
  [I forgot to cancel|my free trial ends, cancel] [the trial|my trial|{SERVICE}|], [stop the payment|don't let it renew|]
  [kindly|please] [discontinue|terminate|cancel|end] [my|the] [subscription|recurring mandate|monthly plan|membership] [to|with|for] [{SERVICE}|{MERCHANT}|the newspaper|the club]
  [delete|block|remove] [the|my|future|all] [{SERVICE} autopay|recurring payments to {SERVICE}|subscription payments|card mandates|recurring card payments]
  [get me out of|take me off|pull me out of] [this|the|my] [subscription|{SERVICE} plan|membership]
  [pause or cancel|quit|drop|leave] [my|] [{SERVICE}|gym|{SERVICE} membership|streaming service|music service]
  hi:[{SERVICE}|subscription|autopay|membership] [band karo|band kar do|cancel karna hai|hatana hai|hatao]
  end the [monthly|recurring|yearly] [debit|charge|payment|order] [of {AMOUNT}|] [to|for] [{SERVICE}|the charity|{MERCHANT}|the app]
`);
