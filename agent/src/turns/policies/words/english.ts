import type { Lexicon } from './lexicon.ts';
import { Phrases } from './phrases.ts';

/** `yes it is`, `no i don't`: complete, though `it is` alone is not. */
const SHORT_ANSWERS = ['yes', 'yeah', 'no', 'of course', 'sure']
  .flatMap((head) =>
    ['it is', 'i do', 'i am', 'i can', 'i will', 'i have', 'i did', 'i would', 'they are', 'you can', 'it does'].map(
      (rest) => `${head} ${rest}`,
    ),
  )
  .join();

/** `at six am`: the verb `am` is another. */
const MORNING = 'one,two,three,four,five,six,seven,eight,nine,ten,eleven,twelve,fifteen,thirty,forty five'
  .split(',')
  .map((hour) => `${hour} am`)
  .join();

/** Words after which a clause may end only in a question: `what do you mean`, `where are you from`. */
const STRANDED = `
  of, to, for, with, from, at, by, about, into, like, in, on, near, than
  is, are, was, were, am, be, been, being, will, would, could, should, can, might, must, shall
  have, has, had, do, does, did, don't, doesn't, didn't, isn't, aren't, wasn't, won't, wouldn't, couldn't
  want, wants, need, needs, tell, give, gives, send, bring, buy, find, get, gets, make, makes, take, takes, put, set
  say, says, said, mean, means, recommend, suggest, prefer, call, called, include, includes, cost, use, contain`;

/** Why lists: recognisers give bare words, and the last few of them tell most of what a speaker has yet to say. */
export const ENGLISH: Lexicon = {
  answers: new Phrases(`
    yes, no, yeah, yep, yup, yea, nope, nah, okay, ok, sure, right, correct, exactly, absolutely, definitely, maybe
    probably, perhaps, fine, alright, all right, great, perfect, good, good idea, cool, nice, wow, really, never, always
    hello, hi, hey, hi there, hello there, good morning, good afternoon, good evening, good night, goodbye, good bye
    bye, bye bye, see you, see you later, see you tomorrow, take care, thanks, thank you, thank you very much, thanks a lot
    thank you so much, many thanks, yes please, no thanks, no thank you, not really, not yet, not now, not at all
    of course, of course not, i don't know, i do not know, i'm not sure, not sure, no idea, i have no idea
    i think so, i don't think so, i guess so, i hope so, i hope not, sounds good, that's right, that's wrong, that's it
    that's all, that is all, that's fine, that's great, that's correct, that's enough, never mind, nevermind, forget it
    it doesn't matter, nothing, nothing else, none, neither, both, either, mm hmm, uh huh, mhm, got it, i see, i understand
    i do, i don't, i did, i didn't, i can't, i won't, me too, same here, you too, you're welcome, no problem, i'm done
    i'm fine, i'm good, i'm okay, i'm fine thanks, not bad, pretty good, very well, help, help me, stop, stop it, pause
    continue, go on, go ahead, cancel, repeat, repeat that, again, once more, next, skip, resume, quit, exit, wait
    hold on, hang on, one moment, just a moment, one second, sorry, excuse me, pardon, why, why not, how come, what's up, what now, how do you do, today, tomorrow, tonight, now, later, me, you
    ${SHORT_ANSWERS}`),
  unclear: new Phrases(
    'well, mm, oh, ah, actually, anyway, look, listen, what, how, who, where, when, how much, please',
  ),
  fragments: new Phrases(`
    turn, turn on, turn off, turn up, turn down, switch, switch on, switch off, set, open, close, show, play some, look up
    search, search for, look for, add, book, order, remind, schedule, translate, i think, i guess, i believe, i hope
    i suppose, i feel, i said, i mean, i just, i also, i really, i was, there was, this is, that is, what time, what kind
    how many, how long, how far, how often, hey can, the first, the second, the other, in the morning, on monday
    yesterday, last night, last week, basically, obviously, usually, sometimes, first, second, hopefully`),
  unfinishedTails: new Phrases(`
    ${STRANDED}
    and, but, or, nor, because, cause, cuz, so, if, unless, until, till, while, whereas, although, even though, when
    whenever, whether, plus, except, as, and then, but then, and also, or maybe, either, neither, not only
    onto, between, among, against, during, without, within, towards, toward, upon, per, via, beside, under, behind, since
    a, an, the, my, your, our, their, its, every, each, another, very, quite, such, most, whose, which, mr, mrs, dot, at the
    i, we, he, she, they, i'm, i'll, i've, i'd, you're, you'll, you've, we're, we'll, we've, they're, they'll, he's, she's
    it's, it'll, that's, there's, here's, what's, where's, who's, how's, let's, gonna, wanna, gotta, who, whom
    um, uh, er, erm, hmm, hm, uhm, well, okay so, you know, i mean, like um, kind of, sort of, let me see, let me think
    want to, like to, need to, going to, trying to, have to, has to, had to, used to, able to, got to, supposed to, way to
    in order to, how to, where to, i want, i need, i'd like, i would like, i wanted, i wish, i was wondering, i'm looking
    think that, thought that, know that, so that, the fact that, sure that, hope that, believe that, means that, said that
    problem is that, thing is that, says that, such that, now that, given that, it seems
    can you, could you, would you, will you, do you, did you, can i, could i, may i, should i, is there, are there, do i
    can you please, could you please, would you please, and please, how about, what about, what if, even if, only if
    more than, less than, better than, worse than, rather than, other than, faster than, bigger than, as much as
    such as, for example, for instance, as soon as, as long as, as well as, as far as, in case, because of, due to
    instead of, next to, in front of, because i, do you know, did you know, can you tell, what kind of, lots of
    tell me, show me, give me, remind me, send me, get me, find me, bring me, read me, the thing is, first of all
    on the other hand, by the way, in addition, a little, a few, a couple, a new, the same, the best, the next, the last
    the most, the first, no not, is not, i'm not, it's not, that's not, do not, would not, should not, will not, is it that`),
  finishedTails: new Phrases(`
    think so, hope so, guess so, or so, even more so, so so, please, thanks, thank you, that's all, that's it, that is all
    or not, why not, isn't it, don't you, aren't you, you too, me too, is he, is she, are they, is it, are we, am i
    was it, was he, was she, dot com, dot org, come on, go on, carry on, and so on, et cetera, or something, or whatever
    about it, about that, about this, like that, like this, like it, does it look like, does it sound like, is it like
    does he look like, does she look like, do they look like, the weather like, weather like, it like, what is that, who is that
    than me, than that, than this, than you, of it, of that, of them, i can't, i don't, nothing to do, a lot to do, things to do, what to do, at all
    light on, lights on, lamp on, radio on, tv on, music on, fan on, heating on, heater on, it on, them on, ${MORNING}
    what that is, what this is, who that is, what it is, what they are, where it is, where they are, where i am, who i am
    what time it is, how it is, made of, ask for, wait for, listening to, talking about, what for, where to go, as well
    the one i want, what i want, what i need, all i want, all i need, everything i need, what i said, what i mean
    what you mean, what you said, what you have, i like, if i can, as you can, if you can, log in, sign in, check in`),
  openTails: new Phrases(`
    this, these, those, any, some, all, other, new, named, his, her, up, out, off, over, more, one, just, only, also, still
    really, please tell me if, to the next, one of the, big, small, good, nice, long, same, main, whole, certain`),
  stranded: new Phrases(STRANDED),
  openers: new Phrases(`
    so, well, um, uh, er, erm, hmm, oh, ah, okay, ok, alright, all right, right, yes, yeah, no, hey, hi, hello, please, and
    but, then, now, just, actually, also, i mean, you know, sorry, excuse me, great, thanks, thank you, like, good morning
    i was wondering, computer, assistant, by the way`),
  requests: new Phrases(`
    can you, could you, would you, will you, can you please, could you please, would you please, please
    i want you to, i need you to, i'd like you to, i would like you to, let's, let us, go ahead and, do you mind, you can`),
  commands: new Phrases(`
    turn, switch, play, stop, pause, set, start, call, dial, text, open, close, shut, show, tell, remind, find, search
    look, read, send, add, remove, delete, book, cancel, order, give, help, go, repeat, say, sing, write, translate, make
    create, wake, dim, lower, raise, increase, decrease, speak, talk, explain, describe, spell, count, calculate, check
    schedule, buy, move, take, bring, put, let, lock, unlock, record, skip, mute, unmute, change, try, come, wait, list
    recommend, suggest, navigate, drive, forget, never, don't, keep, leave, email, message, update, reset, restart, clean
    brush, olly, compare, define, choose, pick, connect, disconnect, rate, save, share, post, tweet, order, shuffle`),
  questions: new Phrases(`
    what, what's, who, who's, where, where's, why, how, how's, which, whose, is it, is he, is she, is there, is this
    is that, is the, is my, are you, are there, are they, are the, are we, are my, do you, do i, do we, do they, does it
    does he, does she, does the, does my, did you, did i, did he, did she, did it, did they, can you, can i, can we, can it
    could you, could i, could we, would you, would it, will it, will you, will the, will there, should i, should we
    have you, have i, has the, has my, may i, am i, was it, was the, were you, isn't it, aren't you, don't you, do any
    when is, when are, when was, when were, when do, when does, when did, when will, when can, when should, when's`),
  questionWords: new Phrases(''),
  subordinators: new Phrases(`
    if, when, while, although, even though, unless, whenever, as soon as, as long as, in case, even if, every time`),
  bareClauseTokens: 6,
  digits: new Phrases(`
    zero, oh, o, one, two, three, four, five, six, seven, eight, nine, double, triple, dash, hyphen
    a, b, c, d, e, f, g, h, i, j, k, l, m, n, p, q, r, s, t, u, v, w, x, y, z
    ten, eleven, twelve, thirteen, fourteen, fifteen, sixteen, seventeen, eighteen, nineteen
    twenty, thirty, forty, fifty, sixty, seventy, eighty, ninety`),
  numberContexts: new Phrases(`
    my number, phone number, number is, account number, card number, order number, reference number, flight number
    serial number, tracking number, confirmation number, code, the code, pin, zip, postcode, postal code, password
    extension, spelled, spell it, it's spelled, spelling, my id, id is, license plate, email is, dial, calling code`),
  wholeNumberDigits: 10,
};

/** What a stranded word may follow: what do `you` mean, what does `this` cost. */
export const SUBJECTS: Phrases = new Phrases('i, you, we, he, she, they, it, this, that, these, those, there');
/** Ask for the object that a stranded word lacks. */
export const OBJECT_WORDS: Phrases = new Phrases("what, what's, who, who's, whom, which, where, where's");
/** Before a word in `-ing` they make it a noun: the `meaning` of. */
export const DETERMINERS: Phrases = new Phrases('a, an, the, my, your, our, his, her, their, this, that');
/** After a question head they make it a clause within a sentence: `what i` said. */
export const CLAUSE_SUBJECTS: Phrases = new Phrases("i, we, he, she, they, i'm, we're, they're, you, you're");
/** End a clause that a question word began: do you know where the station `is`. */
export const FINAL_IN_CLAUSE: Phrases = new Phrases('is, are, was, were');
/** With one of these in a question... */
export const AUXILIARY_DO: Phrases = new Phrases('do, does, did');
/** ...these may be its last word: what does that word `mean`. */
export const FINAL_AFTER_DO: Phrases = new Phrases(
  'mean, cost, say, use, need, want, recommend, suggest, include, contain',
);
