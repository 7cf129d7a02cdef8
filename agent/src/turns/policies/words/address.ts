import { Phrases } from './phrases.ts';

/*
 * What stands around a name. One list for all languages, as the scripts do not collide; where a list holds in English
 * and Chinese only it says so. Why lists: which words a name follows or leads tells whether it is called or mentioned.
 */

/** Before a name they call it, wherever they stand: `hey`, `thanks`. In the languages that agents are greeted in. */
export const GREETINGS: Phrases = new Phrases(`
  hey, hi, hello, hiya, yo, ok, okay, good morning, good afternoon, good evening, good night, goodbye, bye, dear
  thanks, thank you, excuse me, sorry, please, welcome back, hey there, hi there, hello there
  come on, go on, hold on, hang on, carry on, go ahead
  hallo, hej, hola, oye, oi, olá, ola, salut, bonjour, ciao, danke, bitte, merci, gracias, grazie, obrigado
  嘿，嗨，喂，你好，您好，哈喽，哈啰，好的，好，谢谢，谢谢你，多谢，请，请问，诶，欸，哎，早，早上好，下午好，晚上好，再见，拜拜`);

/** Said before the sentence proper, so that a name after them still stands at its head. */
export const LEAD_INS: Phrases = new Phrases(`
  so, well, um, uh, er, erm, hmm, oh, ah, alright, all right, right, yes, yeah, yep, no, nope, and, but, then, now, just
  actually, also, listen, look, wait, stop, anyway, great, cool, or
  嗯，呃，额，啊，哦，那，那么，就是，对，是的，对了，不，不是，然后，所以，但是，还有，不好意思，麻烦，麻烦你，等一下，来`);

/** Said after all, so that a name before them still stands at the end. */
export const AFTERTHOUGHTS: Phrases = new Phrases(`
  please, thanks, thank you, then, now, again, right, okay, ok
  啊，呀，吧，呢，吗，谢谢，好吗，可以吗，行吗`);

/** At the end after these a name is governed by them: `with`, `the`, `and`. English and Chinese. */
export const GOVERNORS: Phrases = new Phrases(`
  a, an, the, my, your, our, his, her, their, this, that, another, every, each, some, any, and, or, nor, than, as, like
  unlike, except, of, to, with, at, by, about, into, via, without, against, after, before, based on, rely on, run on
  runs on, work on, working on, believe in
  is, was, it's, that's, am, i'm, he's, she's, be, been, were, named, called, name
  跟，和，与，同，给，对，向，叫，用，被，把，找，是，的，告诉，问，问了，问过，告诉了，告诉过，说了，用了，用过，叫做，名叫，个，位，这，那
  为，当，做，作，比，像，有，喜欢，认识，关于，得力，多亏，感谢，靠，连，换，买，装`);

/** The same, unless the clause asks for their object: `i want`, `i told`, but not: what do you `want`. English. */
export const TAKERS: Phrases = new Phrases(`
  for, from, tell, told, telling, asked, asking, ask, asks, met, meet, saw, see, seen, love, loved, loves, hate, hated
  know, knew, use, used, using, uses, try, tried, trying, trust, heard, want, wanted, need, needed, had, have, got, get
  make, made, built, bought, buy, install, installed, blame, blamed, mean, meant, said, mentioned, invited, let, liked
  call, calls`);

/** After a name at the head they make it what is talked about: `said`, `is great`. English and Chinese. */
export const PREDICATES: Phrases = new Phrases(`
  is, isn't, was, wasn't, has, hasn't, had, does, doesn't, did, didn't, will, won't, can, can't, cannot, could, couldn't
  would, wouldn't, should, shouldn't, might, may, must, and, or, himself, herself, itself
  said, says, told, tells, thinks, thought, seems, seemed, knows, knew, wants, wanted, gets, got, gave, gives, made, makes
  needs, needed, likes, liked, works, worked, sounds, sounded, went, goes, came, comes, answers, answered, asked, asks
  hears, heard, never, always, just said, just told, already, used to, keeps, kept, talks, talked, understands, understood
  的，说，说了，说过，是，不是，昨天说，昨天告诉，昨天没，昨天还，刚才说，刚才告诉，刚才没，刚才还，刚刚说，刚刚还，告诉，告诉我，和，跟，很，真，真的，没，没有，不会，不能，不行，会，也，都，已经，挺，太
  总是，从来，一直，好像，觉得，认为，以为，让我，叫我，被`);

/** After a name that is called, although they begin like a predicate: `说一下`, `是不是`. Chinese. */
export const CALLS: Phrases = new Phrases(`
  说一下，说说，说个，说一个，说点，说吧，说得，说英语，说中文，是不是，是谁，会不会，会说，会唱，告诉我，告诉我们，告诉大家
  觉得呢，觉得怎么样，觉得怎样，认为呢，认为怎么样，和我说，跟我说，跟我们说，和我聊聊，跟我聊聊，刚才说的，也来，也说说`);

/** After `is`, `can`, `will` they make it a question, and the name before it a call: `can` `you`. English. */
export const ASKED: Phrases = new Phrases(`
  i, you, we, he, she, they, it, this, that, these, those, there, the, my, our, anyone, anybody, someone, somebody
  everyone, everything, anything`);
export const INVERTIBLE: Phrases = new Phrases(`
  is, isn't, was, wasn't, has, hasn't, had, does, doesn't, did, didn't, will, won't, can, can't, could, couldn't
  would, wouldn't, should, shouldn't, may, must`);

/** Before a name they ask for it, or for what it has to say. English and Chinese. */
export const ASKS: Phrases = new Phrases(`
  ask, tell, let, have, maybe, perhaps, wonder what, wonder if, wonder whether, see what, see if, hear what, hear from
  back to, over to, question for, question to, up to
  问，问问，问一下，问一问，让，请，听听，看看，听一下，想听，轮到，要不`);
/** These ask only before certain words: `tell parley to`, `maybe parley knows`. */
export const NEEDS_MORE: Phrases = new Phrases(
  'tell, let, have, maybe, perhaps, wonder what, wonder if, wonder whether, see what, see if, hear what',
);
export const MORE: Phrases = new Phrases(`
  to, answer, say, speak, do, decide, explain, try, help, think, thinks, says, know, knows, can, could, would, will, has
  finish, talk, choose, pick, check, look, find, read`);

/** After a name they ask for what it thinks, wherever it stands: `怎么看`. */
export const OPINIONS: Phrases = new Phrases(`
  怎么看，怎么想，怎么说，会怎么，觉得呢，觉得怎么样，有什么看法，有什么建议，知道吗，知不知道，能不能，可不可以，可以吗，能帮，可以帮，来说，来回答`);

/** First words of a question about the agent, which it is to answer: `what does` parley think. English. */
export const QUESTION_HEADS: Phrases = new Phrases(`
  does, doesn't, would, wouldn't, can, can't, could, couldn't, will, won't, should, did, is, isn't, has
  what does, what would, what can, what could, what will, what should, what did, how does, how would, how can, how could
  how did, why does, why doesn't, why did, why didn't, why is, why isn't, where does, where would, where is, when does
  when would, when will, which does, which would, who does, who would`);

/** They put it at another time: it is told, not asked for. */
export const OTHER_TIMES: Phrases = new Phrases(`
  yesterday, last, earlier, already, later, tomorrow, ago, the other day, once, whenever, used to
  昨天，刚才，已经，上次，以前，之前，明天，以后`);
/** Before `ask` they say that it is not done now. */
export const NOT_NOW: Phrases = new Phrases(`
  when i, when you, when we, never, don't, do not, didn't, did you, did he, did she, did they, have you, has he, has she
  not, can't, couldn't, without
  别，不要，不用，不想，没`);
/** ...but not so: `why don't we ask`. */
export const SUGGESTIONS: Phrases = new Phrases(
  "why don't we, why don't you, why don't i, why not, can't we, couldn't we, can't you, 要不要",
);
