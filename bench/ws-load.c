/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE
#include <getopt.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "load-check.h"
#include "load-fail.h"
#include "load-run.h"

/* One process, one thread, one epoll loop: bench/README.md tells how it
 * measures and how to read what it prints. */

static const char usage[]
    = "Usage: ws-load MODE --port PORT [OPTION...]\n"
      "\n"
      "Modes\n"
      "  echo       connections that keep messages under way\n"
      "  broadcast  one connection sends what the server gives to all\n"
      "  connect    opening and closing handshakes\n"
      "  memory     connections that do nothing (PSS each)\n"
      "  check      compares the generator's own parts with known answers\n"
      "\n"
      "Options\n"
      "  --host A           IPv4 address (127.0.0.1)\n"
      "  --path P           resource name (/)\n"
      "  --connections N    (1)\n"
      "  --idle N           further connections that never send (0)\n"
      "  --size BYTES       of each message (64)\n"
      "  --depth N          messages under way on each connection (1)\n"
      "  --rate N           echo: so many messages a second in all, answered "
      "or not;\n"
      "                     their time begins when they are due\n"
      "  --text, --utf8     text of ASCII, or of all planes; else binary\n"
      "  --templates N      different messages (as suits the size)\n"
      "  --warmup S         seconds before measuring (0.5)\n"
      "  --seconds S        (2)\n"
      "  --count N          messages in all, or connections, instead of "
      "seconds\n"
      "  --window N         handshakes under way at a time (8)\n"
      "  --pid PID          the server: its CPU time and memory are measured\n"
      "  --timeout S        seconds without progress that end the run (10)\n"
      "  --limit S          seconds that end the run in any case (120)\n"
      "\n"
      "Exit status: 0 measured, 1 could not measure, 2 wrong answers, 3 "
      "late.\n";

typedef struct
{
  LoadOptions load;
  unsigned    limit; /* seconds */
} Settings;

static void __attribute__ ((noreturn)) refuse_usage (void)
{
  fputs (usage, stderr);
  exit (LOAD_BROKEN);
}

static double
parse_number (const char *text, double least, double most)
{
  char  *end;
  double number = strtod (text, &end);

  if (end == text || *end != '\0' || !(number >= least && number <= most))
    load_fail (LOAD_BROKEN, "%s is no number from %.0f to %.0f", text, least,
               most);
  return number;
}

static LoadMode
parse_mode (const char *name)
{
  static const char *const names[]
      = { "echo", "broadcast", "connect", "memory" };

  for (int mode = LOAD_ECHO; mode <= LOAD_MEMORY; mode++)
    if (strcmp (name, names[mode]) == 0)
      return mode;
  refuse_usage ();
}

static void
on_limit (int number)
{
  static const char text[] = "ws-load: the limit of time is reached\n";

  (void) number;
  if (write (STDERR_FILENO, text, sizeof text - 1) < 0)
    _exit (LOAD_BROKEN);
  _exit (LOAD_LATE);
}

/* How an option is read, and the type of the place it is written to. */
typedef enum
{
  KIND_TEXT,    /* char * */
  KIND_COUNT,   /* unsigned */
  KIND_TOTAL,   /* uint64_t */
  KIND_SIZE,    /* size_t: bytes */
  KIND_PID,     /* pid_t */
  KIND_SECONDS, /* double */
  KIND_CONTENT, /* LoadContent; no argument */
  KIND_HELP,
} Kind;

static const struct
{
  const char *name;
  Kind        kind;
  size_t      offset; /* in Settings */
  double      least, most;
  LoadContent content;
} option_rows[] = {
/* clang-format off */
#define TEXT(name, member) \
  { name, KIND_TEXT, offsetof (Settings, member), 0, 0, LOAD_BINARY }
#define NUMBER(name, kind, member, least, most) \
  { name, kind, offsetof (Settings, member), least, most, LOAD_BINARY }
#define CONTENT(name, sent) \
  { name, KIND_CONTENT, offsetof (Settings, load.content), 0, 0, sent }
  TEXT ("host", load.host),
  NUMBER ("port", KIND_COUNT, load.port, 1, 65535),
  TEXT ("path", load.path),
  NUMBER ("connections", KIND_COUNT, load.connections, 1, 1e9),
  NUMBER ("idle", KIND_COUNT, load.idle, 0, 1e9),
  NUMBER ("size", KIND_SIZE, load.size, 0, 1 << 30),
  NUMBER ("depth", KIND_COUNT, load.depth, 1, 1e9),
  NUMBER ("rate", KIND_SECONDS, load.rate, 1, 1e9),
  CONTENT ("text", LOAD_TEXT),
  CONTENT ("utf8", LOAD_UTF8),
  NUMBER ("templates", KIND_COUNT, load.templates, 1, 1e9),
  NUMBER ("warmup", KIND_SECONDS, load.warmup, 0, 3600),
  NUMBER ("seconds", KIND_SECONDS, load.seconds, 0, 3600),
  NUMBER ("count", KIND_TOTAL, load.count, 1, 1e9),
  NUMBER ("window", KIND_COUNT, load.window, 1, 1e9),
  NUMBER ("pid", KIND_PID, load.pid, 1, 1e9),
  NUMBER ("timeout", KIND_SECONDS, load.timeout, 0, 3600),
  NUMBER ("limit", KIND_COUNT, limit, 1, 1e9),
  { "help", KIND_HELP, 0, 0, 0, LOAD_BINARY },
#undef TEXT
#undef NUMBER
#undef CONTENT
  /* clang-format on */
};

#define N_OPTIONS (sizeof option_rows / sizeof option_rows[0])

/* @row is an index of option_rows, which are fewer than what getopt_long()
 * answers for an unknown one. */
static void
set_option (Settings *settings, size_t row, char *value)
{
  void  *place = (char *) settings + option_rows[row].offset;
  double least = option_rows[row].least;
  double most = option_rows[row].most;

  switch (option_rows[row].kind)
    {
    case KIND_TEXT:
      *(const char **) place = value;
      break;
    case KIND_COUNT:
      *(unsigned *) place = (unsigned) parse_number (value, least, most);
      break;
    case KIND_TOTAL:
      *(uint64_t *) place = (uint64_t) parse_number (value, least, most);
      break;
    case KIND_SIZE:
      *(size_t *) place = (size_t) parse_number (value, least, most);
      break;
    case KIND_PID:
      *(pid_t *) place = (pid_t) parse_number (value, least, most);
      break;
    case KIND_SECONDS:
      *(double *) place = parse_number (value, least, most);
      break;
    case KIND_CONTENT:
      *(LoadContent *) place = option_rows[row].content;
      break;
    case KIND_HELP:
      fputs (usage, stdout);
      exit (LOAD_OK);
    }
}

static void
parse_options (Settings *settings, int argc, char **argv)
{
  struct option options[N_OPTIONS + 1] = { 0 };
  int           row;

  for (size_t i = 0; i < N_OPTIONS; i++)
    {
      Kind kind = option_rows[i].kind;

      options[i].name = option_rows[i].name;
      options[i].has_arg = kind == KIND_CONTENT || kind == KIND_HELP
                               ? no_argument
                               : required_argument;
      options[i].val = (int) i;
    }
  while ((row = getopt_long (argc, argv, "", options, NULL)) != -1)
    {
      if (row == '?')
        refuse_usage ();
      set_option (settings, (size_t) row, optarg);
    }
}

static void
check_options (const LoadOptions *options)
{
  if (options->port == 0)
    load_fail (LOAD_BROKEN, "--port is missing");
  if (options->idle > 0 && options->mode != LOAD_ECHO)
    load_fail (LOAD_BROKEN, "--idle is for echo only");
  if (options->mode == LOAD_BROADCAST
      && (options->content != LOAD_BINARY || options->size == 0))
    load_fail (LOAD_BROKEN, "only a binary message can begin with a B");
  if (options->mode == LOAD_MEMORY && options->pid == 0)
    load_fail (LOAD_BROKEN, "memory needs --pid");
}

static void
raise_file_limit (const LoadOptions *options)
{
  struct rlimit files;

  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit (RLIMIT_NOFILE, &files);
  if (options->connections + options->idle + 16 > files.rlim_cur)
    load_fail (LOAD_BROKEN, "%u connections, but %llu files allowed",
               options->connections + options->idle,
               (unsigned long long) files.rlim_cur);
}

static void
print_result (const LoadOptions *options, const LoadResult *result)
{
  double messages = result->messages > 0 ? (double) result->messages : 1;
  double seconds = result->seconds > 0 ? result->seconds : 1;

  printf ("messages=%llu seconds=%.3f rate=%.0f server_us=%.4f "
          "server_load=%.3f own_us=%.4f own_load=%.3f",
          (unsigned long long) result->messages, result->seconds,
          (double) result->messages / seconds,
          (double) result->server_cpu / 1e3 / messages,
          (double) result->server_cpu / 1e9 / seconds,
          (double) result->own_cpu / 1e3 / messages,
          (double) result->own_cpu / 1e9 / seconds);
  if (result->latencies.total > 0)
    printf (" p50_us=%.1f p99_us=%.1f max_us=%.1f",
            (double) load_histogram_quantile (&result->latencies, 0.5) / 1e3,
            (double) load_histogram_quantile (&result->latencies, 0.99) / 1e3,
            (double) result->latencies.longest / 1e3);
  if (result->pss_before >= 0 && result->pss_after >= 0)
    printf (" pss_before_kib=%ld pss_after_kib=%ld kib_each=%.3f",
            result->pss_before, result->pss_after,
            (double) (result->pss_after - result->pss_before)
                / result->pss_connections);
  printf (" pings=%llu\n", (unsigned long long) result->pings);
  if (result->messages == 0 && options->mode != LOAD_MEMORY)
    load_fail (LOAD_LATE, "nothing was measured");
}

int
main (int argc, char **argv)
{
  Settings     settings = { .load = { .host = "127.0.0.1",
                                      .path = "/",
                                      .connections = 1,
                                      .size = 64,
                                      .depth = 1,
                                      .warmup = 0.5,
                                      .seconds = 2,
                                      .window = 8,
                                      .timeout = 10 },
                            .limit = 120 };
  LoadOptions *options = &settings.load;
  LoadResult   result;

  parse_options (&settings, argc, argv);
  if (optind != argc - 1)
    refuse_usage ();
  signal (SIGALRM, on_limit);
  alarm (settings.limit);
  if (strcmp (argv[optind], "check") == 0)
    {
      load_check ();
      return LOAD_OK;
    }
  options->mode = parse_mode (argv[optind]);
  check_options (options);
  raise_file_limit (options);
  load_run (options, &result);
  print_result (options, &result);
  return LOAD_OK;
}
