import { signatureOf, TWILIO_PATH } from '../../../telephony/index.ts';
import { AUTH_TOKEN, provoke } from '../api-probe.ts';

const call = { CallSid: 'CA1', From: '+14158675309', To: '+18005551212' };
const body = new URLSearchParams(call).toString();
const signed = (signature: string) => ({
  'content-type': 'application/x-www-form-urlencoded',
  'x-twilio-signature': signature,
});

export const telephony = [
  provoke('answerTelephoneCall', 200, async (probe) => {
    const { host } = new URL((await probe.house('telephone')).url);
    const signature = signatureOf(AUTH_TOKEN, `https://${host}${TWILIO_PATH}`, call);
    return { house: 'telephone', headers: signed(signature), body };
  }),
  provoke('answerTelephoneCall', 403, () => ({ house: 'telephone', headers: signed('a guess'), body })),
  provoke('answerTelephoneCall', 404, () => ({ headers: signed('a guess'), body })),
];
