import { Phrases } from './phrases.ts';

/*
 * What people say over a voice. One list for all languages: listeners switch, recognisers guess the language of a
 * single syllable badly, and the scripts do not collide. Why lists: these are a closed set, and all else is content.
 */

/** They keep the other talking. With the spellings that recognisers give them. */
export const BACKCHANNELS: Phrases = new Phrases(`
  uh huh, uhhuh, uhuh, uh hum, uh hmm, um hum, um hm, um hmm, mm hmm, mm hm, mmhmm, mmhm, mhm, mhmm, hm hm, mm, m, hmm, hm
  huh, uh, aha, a ha, ah ha, ah, oh, ooh, yeah, yea, yah, ya, yep, yup, yes, right, okay, ok, k, kay, okey, okie, okey dokey
  oh yeah, oh yes, oh okay, oh right, oh really, oh wow, oh nice, oh no way, oh i see, oh my, oh my god, oh my gosh
  i see, i know, i get it, i got it, i understand, i agree, i hear you, i bet, got it, gotcha, understood, sure, sure thing
  cool, nice, great, good, very good, fine, alright, all right, perfect, awesome, amazing, wow, lovely, sweet, excellent
  exactly, true, very true, so true, totally, absolutely, definitely, certainly, indeed, of course, naturally, correct
  that's right, that's true, that's great, that's good, that's nice, that's cool, that's fine, that's interesting
  that's correct, thats right, thats true, thats great, makes sense, that makes sense, sounds good, interesting, funny
  you're right, youre right, fair enough, good point, go on, go ahead, carry on, keep going, tell me more, really
  no problem, no worries, no way, no doubt, thank you, thanks, thank you very much, ha, haha, ha ha, he he, hehe, yay, phew
  嗯，嗯哼，嗯嗯，恩，唔，呣，哼，哦，噢，喔，哟，啊，呀，哎，诶，欸，额，呃，嘿，哇，哇塞，哈，哈哈，呵，呵呵，嘻嘻，对，对的，对啊，对呀，对吧
  对对，是，是的，是啊，是呀，是吧，是吗，是哦，是这样，是这样的，好，好的，好吧，好啊，好呀，好哒，好嘞，好呢，行，行吧，行啊，可以，可以的
  没错，没问题，没事，没关系，明白，明白了，我明白，我明白了，知道，知道了，我知道，我知道了，了解，了解了，懂，懂了，我懂，我懂了，清楚
  清楚了，收到，原来如此，原来是这样，原来这样，这样，这样啊，这样子，这样子啊，真的，真的吗，真的啊，真不错，厉害，不错，太好了，很好，挺好
  挺好的，有道理，当然，确实，确实是，的确，同意，也是，也对，然后呢，接着说，继续说，你说，你继续，谢谢，谢谢你，有意思，好玩，好的呀，欧，喔喔`);

/** They command silence. At the start of what is said, or after backchannels (`okay stop`), they need no more words. */
export const COMMANDS: Phrases = new Phrases(`
  stop, stop it, stop talking, wait, wait a minute, hold on, hang on, hold it, no, nope, no no, nah, not that, quiet
  be quiet, silence, shut up, hush, enough, that's enough, thats enough, pause, cancel, never mind, nevermind, forget it
  excuse me, listen, hey, one second, one moment, just a second, just a moment, just a minute, let me speak, let me talk
  let me finish, whoa, time out, skip, next, but wait, sorry but, i have a question, can i ask, may i
  停，停下，停一下，停止，先停，暂停，等，等等，等一下，等下，等会，等一会，稍等，慢着，且慢，打住，不，不是，不对，不要，不用，不行，不是的，别
  别说，别说了，别讲了，别念了，闭嘴，安静，住口，够了，行了，好了，可以了，算了，取消，下一个，跳过，听我说，我说，我问，我问你，我想问，喂，错了`);

/** Nothing at all: what recognisers make of breath, coughs and clatter, and the words people only begin with. */
export const NOISE: Phrases = new Phrases(`
  um, uhm, er, erm, eh, uh, a, an, the, you, it, h, t, s, p, f, b, ugh, hah, hoo, ho, ahem, cough, coughs, music, applause
  thanks for watching, thank you for watching, please subscribe, bye, subtitles by
  谢谢大家，谢谢观看，谢谢收看，字幕，咳，咳咳，的，了`);
