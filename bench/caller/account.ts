/** Of the Twilio account whose calls the bench's server takes. */
export const TWILIO_AUTH_TOKEN = 'the bench telephones';
