# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of ws-glib for bash: the options are those that --help-all tells.

_ws_glib ()
{
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command=${COMP_WORDS[1]} files='^(--(send|output|ca|cert|key|client-ca|auth-file|passphrase-file|folder|unix)|-f|-O)$'

  # bash takes "--ca=FILE" for three words.
  [ "$word" != = ] || word=
  [ "$previous" != = ] || previous=${COMP_WORDS[COMP_CWORD - 2]}
  COMPREPLY=()
  if [ "$COMP_CWORD" = 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "connect serve bench frames --help --version" -- "$word")
  elif [[ $previous =~ $files ]]; then
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  elif [[ $word = -* ]]; then
    mapfile -t COMPREPLY < <(
      compgen -W "$("${COMP_WORDS[0]}" "$command" --help-all 2>/dev/null |
        sed -n 's/^  \(-., \)\?\(--[a-z-]*\).*/\2/p')" -- "$word"
    )
  elif [ "$command" = serve ] && [[ " ${COMP_WORDS[*]} " = *" --exec "* ]]; then
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -c -- "$word")
  fi
}

complete -F _ws_glib ws-glib
