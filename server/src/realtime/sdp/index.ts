// SDP as browsers offer it, and our answers. Imports rooms/ and the protocol's errors.
export { type Answerer, writeAnswer } from './answer.ts';
export { LONGEST_OFFER, type Offer, readOffer, voiceOf } from './offer.ts';
