import { wordings } from './grammar.js';

/** Wordings of `request_money`: asking somebody for money. */
export const requestMoneyWordings = wordings(`
  [ask|tell|remind|nudge|request] [{PERSON}|my friend|my roommate|my brother|my tenant|my customer|my colleagues] [to pay me|for {AMOUNT}|to send me {AMOUNT}|to pay me back|for the money|to transfer me {AMOUNT}|for my money] [please|]
  [request|collect|get|demand] [{AMOUNT}|money|payment|some money|the rent|my share] from [{PERSON}|my friend|my flatmates|a contact|my dad|my tenant|the group|my client]
  [send|create|raise|make|generate] [a|an] [payment request|money request|collect request|request for money|upi collect request|payment link|request] [to {PERSON}|for {AMOUNT}|of {AMOUNT} to {PERSON}|to my friend|]
  {PERSON} [owes me|has to pay me|borrowed|must give me] {AMOUNT}, [ask for it|send a request|please request it|remind him|ask her to pay]
  I [lent|gave|paid for] {PERSON} {AMOUNT}, [request it back|ask for it back|I want it back|collect it]
  [my friend|my flatmate|my cousin|somebody] [owes me|has not paid me|still has to pay me] [money|{AMOUNT}|], [send a reminder|ask him|request it|send a request]
  [I want to|I need to|I'd like to|how do I|can I|how can I] [request|ask for|collect|receive] [money|payment|{AMOUNT}|my money back] from [someone|{PERSON}|a friend|my brother|a contact]
  [split|divide|share] [the bill|{AMOUNT}|the dinner|the cost|the cab fare|the rent] [with|among|between] [my friends|{PERSON}|my flatmates|us] and [collect|ask them to pay|request their share|send requests]
  [money|payment|collect] request [to {PERSON}|for {AMOUNT}|from {PERSON}|please|]
  [charge|bill|invoice] [{PERSON}|my client|my customer|my student] [{AMOUNT}|for the cab|for tuition|for {AMOUNT}]
  [collect|ask for|request] {AMOUNT} [each|] from [all members|my friends|everybody|{PERSON} and {PERSON}|my group]
  [send|give] [a|] reminder to [{PERSON}|my friend] [for|about] [the pending|my|the] [{AMOUNT}|money|payment]
  [share|show|send] my [qr code|upi id|payment link] [so that {PERSON} can pay me|to get paid|to collect money|to my customer]
  [kindly|please] [raise|send] [a request|a payment request|a demand] to [{PERSON}|my tenant|my father] for [{AMOUNT}|the rent|funds|the pending amount]
  [get paid|get my money|get {AMOUNT}] [back|] [from {PERSON}|by my friend|from my flatmate]
  [who|has anyone] [has not|not] paid me [back|] yet, [ask again|remind them|send a reminder]
  ask for [my share|the money|my deposit|{AMOUNT}|repayment] [back|] from [{PERSON}|my landlord|my friend|them]
  hi:[{PERSON}|dost|bhai] se [{AMOUNT} mangwao|paise mangne hai|{AMOUNT} lene hai|paise wapas mango]
  hi:[{PERSON}|dost] ko [paise dene|payment] ki [request bhejo|yaad dilao]
  have {PERSON} [pay|send|transfer] me [{AMOUNT}|the money|his share]
`);
