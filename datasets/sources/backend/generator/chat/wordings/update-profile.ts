import { wordings } from './grammar.js';

/** Wordings of `update_profile`: changing personal details. */
export const updateProfileWordings = wordings(`
  [change|update|edit|correct|modify|replace|amend] [my|the|] [phone number|mobile number|address|email|email id|name|surname|date of birth|nominee|personal details|profile|contact details|kyc]
  [I have|I've|I] [moved|shifted|relocated|moved house] [to a new place|to another city|recently|], [change my address|update my address|my address is different now|]
  [my|the] [phone number|mobile number|email|email id|address|name|surname|job|employer|marital status] [has changed|changed|is new|is different now|is outdated|needs to be updated]
  [my|the] [name|address|date of birth|birthday|surname|email] [is wrong|is misspelt|is spelled wrong|is incorrect|has a typo] [in your records|on my account|in the app|]
  [how do I|how can I|where can I|where do I|can I|how to] [change|update|edit|modify|correct] [my|] [details|personal details|registered mobile|phone number|email address|address|profile|name]
  [I want to|I need to|I'd like to|I would like to|want to|need to] [change|update|edit|add|register|correct] [my|a new|the] [number|phone|mobile number|address|email|nominee|personal information|details]
  [got|I got|just got] [married|divorced|a new phone number|a new sim|a new email], [update my name|change my surname|how to update it|please update]
  [add|register|link|submit|upload] [my|] [pan card|aadhaar|pan|new number|alternate number|id proof|passport|kyc documents|address proof] [to my account|with the bank|]
  [kyc|re-kyc|profile|address|email|mobile number|contact] [update|change|correction|renewal] [request|please|]
  [kindly|please] [update|amend|change|correct|record] my [communication address|mailing address|contact number|personal information|residential address|registered email]
  [my kyc|kyc] [has expired|expired|is pending|needs renewal]
  [new|different] [address|phone number|email address|mobile number|employer] [for my account|to be updated|please]
  [remove|delete] [my old|the old] [number|email|address] [from my account|]
  [send|post] my [letters|mail|cheque book] to [a new|another|a different] address
  hi:[mera|apna] [number|pata|naam|email|mobile number] [badalna hai|change karna hai|update karo|galat hai]
  [edit|change] [my|] [profile picture|username|signature|occupation|income details|language]
  I lost my [old number|sim], [please register the new one|update my number]
`);
