/*
 * ps_worker: English speech recognition by PocketSphinx for the Parley agent, one process for each utterance.
 *
 * The server loads the model once, then forks a copy-on-write child for every connection on a Unix socket. A child
 * recognises one utterance and exits, so a crash costs one utterance and no caller's state reaches the next.
 *
 * Client to child, frames:  u8 type, u32 little-endian length, payload
 *     'A'  mono PCM, s16le, 16 kHz         'E'  end of the utterance (no payload)
 * Child to client, one JSON object a line:
 *     {"t":"partial","ms":N,"text":"..."}
 *     {"t":"final","ms":N,"text":"...","truncated":false}
 *     {"t":"error","message":"..."}
 * Server to its parent, on stdout, one line: {"t":"listening"} or {"t":"error","message":"..."}
 *
 * The server ends when its parent dies or closes its stdin. See README.md for the flags and for building.
 */
#define _GNU_SOURCE /* ppoll */
#include <pocketsphinx.h>
#include <sphinxbase/cmn.h>
#include <sphinxbase/err.h>
#include <sphinxbase/fe.h>
#include <sphinxbase/feat.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SAMPLES_PER_MS = 16,
    WINDOW_SAMPLES = 10 * 1000 * SAMPLES_PER_MS, /* the mean is of so much audio at most */
    MAX_FRAME_BYTES = 64 * 1024,
    MAX_TEXT_BYTES = 8192,
    MAX_CEPSTRA = 64,
    MIN_MEAN_FRAMES = 15, /* a mean of less than 150 ms of speech is worse than the model's own */
    CHILD_CPU_SECONDS = 300,
    MAX_OPTION = 600000,
    MAX_HOLD_MS = 5000 /* the window must have room for it */
};

typedef struct {
    const char *listen_path;
    int partial_ms;   /* at most one partial in so much audio; 0: none */
    int cmn_ms;       /* audio held back to find the cepstral mean before decoding starts; 0: off */
    int cmn_every_ms; /* the mean is refreshed in such steps; 0: never */
    int max_ms;       /* longer utterances lose their end */
    int max_children;
} options_t;

/* One utterance. `window` is its latest audio, of which the decoder has had the first `decoded` samples. */
typedef struct {
    ps_decoder_t *decoder;
    const options_t *options;
    fe_t *front_end; /* finds the mean; the decoder has its own */
    FILE *out;
    int16 *window;
    size_t count, decoded;
    size_t total, last_mean, last_partial;
    int truncated;
    char text[MAX_TEXT_BYTES];
} utterance_t;

static void write_json_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 0x20)
            fprintf(out, "\\u%04x", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

static void say_error(FILE *out, const char *message)
{
    fputs("{\"t\":\"error\",\"message\":", out);
    write_json_string(out, message);
    fputs("}\n", out);
    fflush(out);
}

/* 1: all of it was read; 0: the other side has gone. */
static int read_all(int fd, void *into, size_t length)
{
    uint8_t *at = into;
    while (length > 0) {
        ssize_t n = read(fd, at, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return 0;
        at += n;
        length -= (size_t)n;
    }
    return 1;
}

/*
 * Sets the decoder's cepstral mean from the speech in the window. The front end keeps what it learnt of the noise, so
 * going over the same audio again leaves more of the silence out: that is worth more than adding up piece by piece.
 */
static void refresh_mean(utterance_t *u)
{
    mfcc_t mean[MAX_CEPSTRA] = {0}, unused[MAX_CEPSTRA], **cepstra = NULL;
    int32 frames = 0, unused_frames = 0, speech = 0;
    int size = fe_get_output_size(u->front_end);
    u->last_mean = u->total;
    if (fe_start_utt(u->front_end) < 0 || fe_process_utt(u->front_end, u->window, u->count, &cepstra, &frames) < 0 ||
        cepstra == NULL)
        return;
    for (int32 i = 0; i < frames; i++) {
        if (cepstra[i][0] < 0)
            continue;
        for (int d = 0; d < size; d++)
            mean[d] += cepstra[i][d];
        speech++;
    }
    if (speech >= MIN_MEAN_FRAMES) {
        for (int d = 0; d < size; d++)
            mean[d] /= speech;
        cmn_live_set(ps_get_feat(u->decoder)->cmn_struct, mean);
    }
    fe_end_utt(u->front_end, unused, &unused_frames);
    fe_free_2d(cepstra);
}

/* The decoder takes what it has not had, after the mean where that is due. */
static void decode(utterance_t *u)
{
    const options_t *o = u->options;
    size_t step = (size_t)o->cmn_every_ms * SAMPLES_PER_MS;
    if (o->cmn_ms > 0 && (u->last_mean == 0 || (step > 0 && u->total - u->last_mean >= step)))
        refresh_mean(u);
    ps_process_raw(u->decoder, u->window + u->decoded, u->count - u->decoded, FALSE, FALSE);
    u->decoded = u->count;
    if (u->count >= WINDOW_SAMPLES) {
        memmove(u->window, u->window + u->count - WINDOW_SAMPLES / 2, WINDOW_SAMPLES / 2 * sizeof(int16));
        u->count = u->decoded = WINDOW_SAMPLES / 2;
    }
}

/* 0: the client has gone. */
static int say_partial(utterance_t *u)
{
    const char *text = ps_get_hyp(u->decoder, NULL);
    u->last_partial = u->total;
    if (text == NULL || strncmp(text, u->text, sizeof u->text - 1) == 0)
        return 1;
    snprintf(u->text, sizeof u->text, "%s", text);
    fprintf(u->out, "{\"t\":\"partial\",\"ms\":%zu,\"text\":", u->total / SAMPLES_PER_MS);
    write_json_string(u->out, u->text);
    fputs("}\n", u->out);
    return fflush(u->out) == 0;
}

/* 0: the client has gone. */
static int take_audio(utterance_t *u, const uint8_t *bytes, size_t length)
{
    const options_t *o = u->options;
    size_t count = length / sizeof(int16);
    size_t room = (size_t)o->max_ms * SAMPLES_PER_MS - u->total;
    if (count > room) {
        count = room;
        u->truncated = 1;
    }
    memcpy(u->window + u->count, bytes, count * sizeof(int16));
    u->count += count;
    u->total += count;
    if (u->last_mean == 0 && u->total < (size_t)o->cmn_ms * SAMPLES_PER_MS)
        return 1;
    decode(u);
    if (o->partial_ms > 0 && u->total - u->last_partial >= (size_t)o->partial_ms * SAMPLES_PER_MS)
        return say_partial(u);
    return 1;
}

static void say_final(utterance_t *u)
{
    const char *text;
    decode(u);
    ps_end_utt(u->decoder);
    text = ps_get_hyp(u->decoder, NULL);
    snprintf(u->text, sizeof u->text, "%s", text ? text : "");
    fprintf(u->out, "{\"t\":\"final\",\"ms\":%zu,\"truncated\":%s,\"text\":", u->total / SAMPLES_PER_MS,
            u->truncated ? "true" : "false");
    write_json_string(u->out, u->text);
    fputs("}\n", u->out);
    fflush(u->out);
}

/* Reads one utterance from the connection and answers it. Returns the child's exit code. */
static int serve_utterance(utterance_t *u, int connection)
{
    static uint8_t payload[MAX_FRAME_BYTES];
    uint8_t header[5];
    if (ps_start_stream(u->decoder) < 0 || ps_start_utt(u->decoder) < 0) {
        say_error(u->out, "the decoder did not start");
        return 1;
    }
    while (read_all(connection, header, sizeof header)) {
        uint32_t length = header[1] | (uint32_t)header[2] << 8 | (uint32_t)header[3] << 16 | (uint32_t)header[4] << 24;
        if (length > sizeof payload || length % sizeof(int16) != 0 || (header[0] != 'A' && header[0] != 'E')) {
            say_error(u->out, "malformed frame");
            return 1;
        }
        if (!read_all(connection, payload, length))
            return 0;
        if (header[0] == 'E') {
            say_final(u);
            return 0;
        }
        if (!take_audio(u, payload, length))
            return 0;
    }
    return 0;
}

static int run_child(ps_decoder_t *decoder, const options_t *options, int connection)
{
    utterance_t u = {.decoder = decoder, .options = options};
    struct rlimit cpu = {CHILD_CPU_SECONDS, CHILD_CPU_SECONDS};
    setrlimit(RLIMIT_CPU, &cpu);
    u.window = malloc(WINDOW_SAMPLES * sizeof(int16) + MAX_FRAME_BYTES);
    u.out = fdopen(connection, "w");
    if (u.window == NULL || u.out == NULL) {
        if (u.out != NULL)
            say_error(u.out, "out of memory");
        return 1;
    }
    u.front_end = fe_init_auto_r(ps_get_config(decoder));
    if (u.front_end == NULL || fe_get_output_size(u.front_end) > MAX_CEPSTRA) {
        say_error(u.out, "the front end did not start");
        return 1;
    }
    return serve_utterance(&u, connection);
}

/* Dies with the process that forked it; false where that one is dead already. */
static int tie_to(pid_t parent)
{
    return prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent;
}

static int open_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd;
    if (strlen(path) >= sizeof address.sun_path)
        return -1;
    strcpy(address.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 64) < 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Accepts until the parent closes stdin. Forked children come back from here with their connection, the server with -1. */
static int accept_forever(int server, const options_t *options)
{
    struct pollfd watched[2] = {{.fd = server, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    static const char busy[] = "{\"t\":\"error\",\"message\":\"too many utterances at once\"}\n";
    pid_t self = getpid();
    int children = 0;
    sigset_t child_ended, others;
    sigemptyset(&child_ended);
    sigaddset(&child_ended, SIGCHLD);
    /* Heard only inside ppoll: a child that ends right before it would otherwise stay until the next call. */
    sigprocmask(SIG_BLOCK, &child_ended, &others);
    for (;;) {
        char ignored[64];
        int connection;
        pid_t child;
        int ready = ppoll(watched, 2, NULL, &others);
        if (ready < 0 && errno != EINTR)
            return -1;
        while (waitpid(-1, NULL, WNOHANG) > 0)
            children--;
        if (ready < 0)
            continue;
        if ((watched[1].revents & (POLLIN | POLLHUP | POLLERR)) && read(STDIN_FILENO, ignored, sizeof ignored) <= 0)
            return -1;
        if (!(watched[0].revents & POLLIN) || (connection = accept(server, NULL, NULL)) < 0)
            continue;
        child = children < options->max_children ? fork() : -1;
        if (child == 0) {
            signal(SIGCHLD, SIG_DFL);
            sigprocmask(SIG_SETMASK, &others, NULL);
            close(server);
            close(STDIN_FILENO);
            close(STDOUT_FILENO);
            if (!tie_to(self))
                _exit(0);
            return connection;
        }
        if (child > 0)
            children++;
        else
            (void)!write(connection, busy, sizeof busy - 1);
        close(connection);
    }
}

/* Only to interrupt ppoll, so that a child is reaped when it ends and not at the next call. */
static void on_child(int signum)
{
    (void)signum;
}

/* Takes this program's own flags out of argv; the rest is PocketSphinx's. Returns the new argc. */
static int take_options(int argc, char **argv, options_t *options)
{
    int kept = 1;
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        int *number = NULL;
        if (strcmp(argv[i], "-partial_ms") == 0)
            number = &options->partial_ms;
        else if (strcmp(argv[i], "-cmn_ms") == 0)
            number = &options->cmn_ms;
        else if (strcmp(argv[i], "-cmn_every") == 0)
            number = &options->cmn_every_ms;
        else if (strcmp(argv[i], "-max_ms") == 0)
            number = &options->max_ms;
        else if (strcmp(argv[i], "-max_children") == 0)
            number = &options->max_children;
        if (value != NULL && number != NULL) {
            long parsed = strtol(value, NULL, 10);
            *number = parsed < 0 ? 0 : parsed > MAX_OPTION ? MAX_OPTION : (int)parsed;
            i++;
        } else if (value != NULL && strcmp(argv[i], "-listen") == 0) {
            options->listen_path = value;
            i++;
        } else {
            argv[kept++] = argv[i];
        }
    }
    return kept;
}

int main(int argc, char **argv)
{
    options_t options = {.partial_ms = 200, .cmn_ms = 700, .cmn_every_ms = 500, .max_ms = 120000, .max_children = 64};
    struct sigaction reap = {.sa_handler = on_child};
    ps_decoder_t *decoder = NULL;
    cmd_ln_t *config;
    int server, connection;

    if (!tie_to(getppid()))
        return 0;
    signal(SIGPIPE, SIG_IGN);
    sigaction(SIGCHLD, &reap, NULL);
    err_set_logfp(NULL);
    argc = take_options(argc, argv, &options);
    if (options.listen_path == NULL) {
        say_error(stdout, "-listen PATH is missing");
        return 2;
    }
    if (options.cmn_ms > MAX_HOLD_MS)
        options.cmn_ms = MAX_HOLD_MS;
    config = cmd_ln_parse_r(NULL, ps_args(), argc, argv, TRUE);
    if (config != NULL) {
        ps_default_search_args(config);
        decoder = ps_init(config);
    }
    if (decoder == NULL || ps_get_search(decoder) == NULL) {
        say_error(stdout, config == NULL ? "PocketSphinx refused its flags" : "PocketSphinx could not load its model");
        return 2;
    }
    server = open_socket(options.listen_path);
    if (server < 0) {
        say_error(stdout, "the socket could not be opened");
        return 2;
    }
    puts("{\"t\":\"listening\"}");
    fflush(stdout);
    connection = accept_forever(server, &options);
    if (connection >= 0)
        _exit(run_child(decoder, &options, connection)); /* the model belongs to the server: nothing to free */
    ps_free(decoder);
    cmd_ln_free_r(config);
    return 0;
}
