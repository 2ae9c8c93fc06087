import { wordings } from './grammar.js';

/** Wordings of `transfer_money`: sending money. */
export const transferMoneyWordings = wordings(`
  [send|transfer|pay|give|move|wire|remit|forward] {AMOUNT} to [{PERSON}|my mother|my friend|my brother|my landlord|my wife|a friend|my roommate|{PERSON}'s account] [from {ACCOUNT}|now|by upi|please|]
  [send|transfer|wire|pay] [money|some money|cash|funds] to [{PERSON}|my father|a friend|my sister|someone|another bank|my parents|my son abroad]
  [transfer|move|shift|put] [{AMOUNT}|money|funds|some money] [from {ACCOUNT} to {ACCOUNT}|to {ACCOUNT}|into {ACCOUNT}|between my accounts|out of {ACCOUNT}|to my other account]
  [I want to|I need to|I'd like to|I have to|can I|could you|can you] [send|transfer|move|wire|make a transfer of] [money|{AMOUNT}|some money|funds] [to {PERSON}|to a friend|to another account|abroad|to my cousin|]
  [pay|send] [{PERSON}|my friend|my maid|the driver|my tutor|my roommate|the shopkeeper] [{AMOUNT}|back {AMOUNT}|her salary|his share|for lunch|back]
  I [owe|have to pay|must pay] {PERSON} {AMOUNT}, [please pay|send it|transfer it|pay now]
  [give|get|send] [{PERSON}|my friend|my brother] [his|her|their|the] [money|{AMOUNT}|share|{AMOUNT} back]
  [make|do|initiate|start|schedule|set up] [a|an] [transfer|fund transfer|bank transfer|neft|imps|rtgs|money transfer|wire transfer|payment] [of {AMOUNT}|to {PERSON}|of {AMOUNT} to {PERSON}|to {ACCOUNT}|]
  [neft|imps|rtgs|upi|gpay|paytm|bank transfer] {AMOUNT} to [{PERSON}|{ACCOUNT}|the vendor|my brother]
  [fund|funds|money|amount|bank] transfer [to {PERSON}|of {AMOUNT}|to {ACCOUNT}|please|to another bank|]
  [how do I|how can I|how to|is it possible to] [send|transfer|move|wire] [money|funds] [abroad|to another bank|to a friend|to {PERSON}|with just a phone number|overseas]
  [deposit|credit|put] {AMOUNT} [in|into|to] [{PERSON}'s account|my wife's account|the account of {PERSON}|{ACCOUNT}]
  [kindly|please] [remit|transfer|arrange to send|initiate a transfer of] [{AMOUNT}|money] to [{PERSON}|my mother|the account {ACCOUNT}]
  [add|use] [a|the] [beneficiary|payee] [{PERSON}|] and [transfer|send] {AMOUNT}
  [schedule|set up] a [monthly|weekly|recurring|] [transfer|payment] [of {AMOUNT}|] to [{PERSON}|my parents|my landlord] [on {DATE}|]
  [send|transfer] [the rent|rent|my share|pocket money|the deposit|his fees] to [{PERSON}|my landlord|my flatmate|my daughter]
  [repeat|redo] [my last|the last|last month's] transfer to {PERSON}
  [international|foreign|overseas] transfer [to {PERSON}|of {AMOUNT}|to my son|please]
  [transfer|move] [half|all|everything|the rest] of [my balance|my money|it] to [{ACCOUNT}|my new account|{PERSON}]
  hi:[{PERSON}|dost|mummy|papa|bhai] ko [{AMOUNT} bhejo|paise bhejne hai|{AMOUNT} transfer karo|paise bhej do]
  hi:paise [bhejne hai|transfer karne hai|bhej do|dena hai] [{PERSON} ko|dost ko|ghar par|bhai ko|papa ko]
  {AMOUNT} to [{PERSON}|my friend|my mom] [please|now|asap]
`);
