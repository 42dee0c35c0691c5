/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE
#include <getopt.h>
#include <signal.h>
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

enum
{
  OPTION_HOST = 1,
  OPTION_PORT,
  OPTION_PATH,
  OPTION_CONNECTIONS,
  OPTION_IDLE,
  OPTION_SIZE,
  OPTION_DEPTH,
  OPTION_TEXT,
  OPTION_UTF8,
  OPTION_TEMPLATES,
  OPTION_WARMUP,
  OPTION_SECONDS,
  OPTION_COUNT,
  OPTION_WINDOW,
  OPTION_PID,
  OPTION_TIMEOUT,
  OPTION_LIMIT,
  OPTION_HELP,
};

static const struct option long_options[] = {
  { "host", required_argument, NULL, OPTION_HOST },
  { "port", required_argument, NULL, OPTION_PORT },
  { "path", required_argument, NULL, OPTION_PATH },
  { "connections", required_argument, NULL, OPTION_CONNECTIONS },
  { "idle", required_argument, NULL, OPTION_IDLE },
  { "size", required_argument, NULL, OPTION_SIZE },
  { "depth", required_argument, NULL, OPTION_DEPTH },
  { "text", no_argument, NULL, OPTION_TEXT },
  { "utf8", no_argument, NULL, OPTION_UTF8 },
  { "templates", required_argument, NULL, OPTION_TEMPLATES },
  { "warmup", required_argument, NULL, OPTION_WARMUP },
  { "seconds", required_argument, NULL, OPTION_SECONDS },
  { "count", required_argument, NULL, OPTION_COUNT },
  { "window", required_argument, NULL, OPTION_WINDOW },
  { "pid", required_argument, NULL, OPTION_PID },
  { "timeout", required_argument, NULL, OPTION_TIMEOUT },
  { "limit", required_argument, NULL, OPTION_LIMIT },
  { "help", no_argument, NULL, OPTION_HELP },
  { NULL, 0, NULL, 0 },
};

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

static unsigned
parse_count (const char *text, double least)
{
  return (unsigned) parse_number (text, least, 1e9);
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

static void
set_option (LoadOptions *options, unsigned *limit, int option, char *value)
{
  switch (option)
    {
    case OPTION_HOST:
      options->host = value;
      break;
    case OPTION_PORT:
      options->port = (unsigned) parse_number (value, 1, 65535);
      break;
    case OPTION_PATH:
      options->path = value;
      break;
    case OPTION_CONNECTIONS:
      options->connections = parse_count (value, 1);
      break;
    case OPTION_IDLE:
      options->idle = parse_count (value, 0);
      break;
    case OPTION_SIZE:
      options->size = (size_t) parse_number (value, 0, 1 << 30);
      break;
    case OPTION_DEPTH:
      options->depth = parse_count (value, 1);
      break;
    case OPTION_TEXT:
      options->content = LOAD_TEXT;
      break;
    case OPTION_UTF8:
      options->content = LOAD_UTF8;
      break;
    case OPTION_TEMPLATES:
      options->templates = parse_count (value, 1);
      break;
    case OPTION_WARMUP:
      options->warmup = parse_number (value, 0, 3600);
      break;
    case OPTION_SECONDS:
      options->seconds = parse_number (value, 0, 3600);
      break;
    case OPTION_COUNT:
      options->count = parse_count (value, 1);
      break;
    case OPTION_WINDOW:
      options->window = parse_count (value, 1);
      break;
    case OPTION_PID:
      options->pid = (pid_t) parse_count (value, 1);
      break;
    case OPTION_TIMEOUT:
      options->timeout = parse_number (value, 0, 3600);
      break;
    case OPTION_LIMIT:
      *limit = parse_count (value, 1);
      break;
    case OPTION_HELP:
      fputs (usage, stdout);
      exit (LOAD_OK);
    default:
      refuse_usage ();
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
  LoadOptions options = { .host = "127.0.0.1",
                          .path = "/",
                          .connections = 1,
                          .size = 64,
                          .depth = 1,
                          .warmup = 0.5,
                          .seconds = 2,
                          .window = 8,
                          .timeout = 10 };
  LoadResult  result;
  unsigned    limit = 120;
  int         option;

  while ((option = getopt_long (argc, argv, "", long_options, NULL)) != -1)
    set_option (&options, &limit, option, optarg);
  if (optind != argc - 1)
    refuse_usage ();
  signal (SIGALRM, on_limit);
  alarm (limit);
  if (strcmp (argv[optind], "check") == 0)
    {
      load_check ();
      return LOAD_OK;
    }
  options.mode = parse_mode (argv[optind]);
  check_options (&options);
  raise_file_limit (&options);
  load_run (&options, &result);
  print_result (&options, &result);
  return LOAD_OK;
}
