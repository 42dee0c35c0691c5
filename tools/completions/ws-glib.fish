# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of ws-glib for fish: the options are those that --help-all tells.

function __ws_glib_options
    set -l words (commandline -opc)
    $words[1] $words[2] --help-all 2>/dev/null |
        string replace -rf '^  (?:-., )?(--[a-z-]+)\S*\s+(.*)' '$1\t$2'
end

complete -c ws-glib -f
complete -c ws-glib -n __fish_use_subcommand -a connect -d 'talk to a server'
complete -c ws-glib -n __fish_use_subcommand -a serve -d 'be a server'
complete -c ws-glib -n __fish_use_subcommand -a bench -d 'measure how fast a server echoes'
complete -c ws-glib -n __fish_use_subcommand -a frames -d 'show what goes over the wire'
complete -c ws-glib -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' \
    -a '(__ws_glib_options)'
complete -c ws-glib -n 'not __fish_use_subcommand; and not string match -q -- "-*" (commandline -ct)' -F
