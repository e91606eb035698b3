# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_chatkit_global_optspecs
    string join \n url= mock api-base= client-secret= workflow= user= api-key-file= upload-url= profile= header= timeout= locale= json color= no-input q/quiet v/verbose h/help V/version
end

function __fish_chatkit_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_chatkit_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_chatkit_using_subcommand
    set -l cmd (__fish_chatkit_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c chatkit -n "__fish_chatkit_needs_command" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_needs_command" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_needs_command" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_needs_command" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_needs_command" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_needs_command" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_needs_command" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_needs_command" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_needs_command" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_needs_command" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_needs_command" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_needs_command" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_needs_command" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_needs_command" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_needs_command" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_needs_command" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_needs_command" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_needs_command" -s V -l version -d 'Print version'
complete -c chatkit -n "__fish_chatkit_needs_command" -f -a "session" -d 'Make, cancel and inspect hosted sessions'
complete -c chatkit -n "__fish_chatkit_needs_command" -f -a "thread" -d 'List, show, rename and delete threads'
complete -c chatkit -n "__fish_chatkit_needs_command" -f -a "send" -d 'Send one message and print the answer'
complete -c chatkit -n "__fish_chatkit_needs_command" -f -a "chat" -d 'Talk to a backend, message by message'
complete -c chatkit -n "__fish_chatkit_needs_command" -f -a "action" -d 'Run a widget\'s action'
complete -c chatkit -n "__fish_chatkit_needs_command" -f -a "feedback" -d 'Praise or criticise items of a thread'
complete -c chatkit -n "__fish_chatkit_needs_command" -f -a "request" -d 'Send any operation, raw'
complete -c chatkit -n "__fish_chatkit_needs_command" -f -a "check" -d 'Check a backend: is it up, and does it speak the protocol'
complete -c chatkit -n "__fish_chatkit_needs_command" -f -a "replay" -d 'Play a conversation again that was written down'
complete -c chatkit -n "__fish_chatkit_needs_command" -f -a "serve" -d 'Serve a local mock backend'
complete -c chatkit -n "__fish_chatkit_needs_command" -f -a "scenario" -d 'Write and check files that script the mock'
complete -c chatkit -n "__fish_chatkit_needs_command" -f -a "widget" -d 'Look at widgets without a backend'
complete -c chatkit -n "__fish_chatkit_needs_command" -f -a "doctor" -d 'Find out why a backend does not work'
complete -c chatkit -n "__fish_chatkit_needs_command" -f -a "completions" -d 'Print the completions of a shell'
complete -c chatkit -n "__fish_chatkit_needs_command" -f -a "man" -d 'Print the manual page, or write all of them'
complete -c chatkit -n "__fish_chatkit_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -f -a "create" -d 'Make a session and print its client secret'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -f -a "cancel" -d 'End a session'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -f -a "inspect" -d 'Read a client secret\'s expiry, offline'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and not __fish_seen_subcommand_from create cancel inspect help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l workflow-version -d 'The version of the workflow; the deployed one if nothing is said' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l state-variable -d 'Start the workflow with this variable (repeatable); true, false and numbers are read as such' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l expires-after -d 'How long the secret is good, in seconds; 600 if nothing is said' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l rate-limit -d 'How many requests a minute are allowed; 10 if nothing is said' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l max-file-size -d 'The largest file that may be uploaded, in MB' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l max-files -d 'How many files may be uploaded' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l recent-threads -d 'Offer only so many earlier threads' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l file-upload -d 'Allow uploads'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l no-history -d 'Do not offer earlier threads'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l no-titling -d 'Do not give threads titles by themselves'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from cancel" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from cancel" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from cancel" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from cancel" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from cancel" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from cancel" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from cancel" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from cancel" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from cancel" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from cancel" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from cancel" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from cancel" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from cancel" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from cancel" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from cancel" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from cancel" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from cancel" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from inspect" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from inspect" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from inspect" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from inspect" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from inspect" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from inspect" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from inspect" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from inspect" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from inspect" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from inspect" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from inspect" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from inspect" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from inspect" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from inspect" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from inspect" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from inspect" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from inspect" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from help" -f -a "create" -d 'Make a session and print its client secret'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from help" -f -a "cancel" -d 'End a session'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from help" -f -a "inspect" -d 'Read a client secret\'s expiry, offline'
complete -c chatkit -n "__fish_chatkit_using_subcommand session; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -f -a "list" -d 'List the threads, newest first'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -f -a "ls" -d 'List the threads, newest first'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -f -a "show" -d 'Show a thread with all of its items'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -f -a "items" -d 'List the items of a thread, oldest first'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -f -a "rename" -d 'Give a thread another title'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -f -a "delete" -d 'Delete threads'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -f -a "rm" -d 'Delete threads'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -f -a "export" -d 'Write threads with all of their items to a file'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -f -a "import" -d 'Put exported threads into a store, or into a backend'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and not __fish_seen_subcommand_from list ls show items rename delete rm export import help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -l limit -d 'How many rows; with --all, how many at once' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -l order -d 'The order by creation' -r -f -a "asc\t''
desc\t''"
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -l after -d 'Begin after the row of this id' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -l all -d 'Walk all pages'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -l limit -d 'How many rows; with --all, how many at once' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -l order -d 'The order by creation' -r -f -a "asc\t''
desc\t''"
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -l after -d 'Begin after the row of this id' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -l all -d 'Walk all pages'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from show" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from show" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from show" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from show" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from show" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from show" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from show" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from show" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from show" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from show" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from show" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from show" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from show" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from show" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -l limit -d 'How many rows; with --all, how many at once' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -l order -d 'The order by creation' -r -f -a "asc\t''
desc\t''"
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -l after -d 'Begin after the row of this id' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -l all -d 'Walk all pages'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from items" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rename" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rename" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rename" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rename" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rename" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rename" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rename" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rename" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rename" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rename" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rename" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rename" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rename" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rename" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rename" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rename" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rename" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from delete" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from delete" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from delete" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from delete" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from delete" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from delete" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from delete" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from delete" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from delete" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from delete" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from delete" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Do not ask'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from delete" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from delete" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from delete" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rm" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rm" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rm" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rm" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rm" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rm" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rm" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rm" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rm" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rm" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rm" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rm" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Do not ask'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rm" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rm" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rm" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -s o -l output -d 'Write to this file, which is there when it is whole; - is stdout' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -l all -d 'All threads; where the hosted API is asked with a key, of all users or of --user'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -l store -d 'The store to import into: sqlite:FILE or postgres://…; a password may also come from PGPASSWORD' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -l replace -d 'Put the file\'s version in the place of threads of the store that differ'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the threads, newest first'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a thread with all of its items'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from help" -f -a "items" -d 'List the items of a thread, oldest first'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from help" -f -a "rename" -d 'Give a thread another title'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete threads'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from help" -f -a "export" -d 'Write threads with all of their items to a file'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from help" -f -a "import" -d 'Put exported threads into a store, or into a backend'
complete -c chatkit -n "__fish_chatkit_using_subcommand thread; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l attach -d 'Attach a file (repeatable)' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l quote -d 'Quote this text above the message' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l model -d 'Ask for this model' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l tool-choice -d 'Ask for this tool to be used' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l tag -d 'Mention an entity of the app (repeatable)' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l thread -d 'Continue this thread instead of starting one' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l record -d 'Write the turns down to this file, word for word and without secrets' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l tool -d 'Answer a client tool with this JSON (repeatable)' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l tool-cmd -d 'Answer a client tool with what this command prints (repeatable)' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l answer -d 'Answer a question of a form; several values of one ID answer it together (repeatable)' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -s c -l continue -d 'Continue the last thread of this backend'
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l skip -d 'Skip the forms that are asked'
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand send" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l thread -d 'Go on with this thread' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l model -d 'Ask for this model' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l tool-choice -d 'Ask for this tool to be used' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l attach -d 'Attach a file to the first message (repeatable)' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l record -d 'Write the turns down to this file, word for word and without secrets' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l tool -d 'Answer a client tool with this JSON (repeatable)' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l tool-cmd -d 'Answer a client tool with what this command prints (repeatable)' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l answer -d 'Answer a question of a form; several values of one ID answer it together (repeatable)' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -s c -l continue -d 'Go on with the last thread of this backend'
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -s y -l yes -d 'Delete threads without asking'
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l skip -d 'Skip the forms that are asked'
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand chat" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -l payload -d 'The action\'s payload, as JSON; - reads stdin' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -l sync -d 'Ask for the changed item instead of a stream, as widgets with `streaming: false` do'
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand action" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -l positive -d 'Thumbs up'
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -l negative -d 'Thumbs down'
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand feedback" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand request" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand request" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand request" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand request" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand request" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand request" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand request" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand request" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand request" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand request" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand request" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand request" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand request" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand request" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand request" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand request" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand request" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand request" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l only -d 'Ask this rule or group only (repeatable)' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l skip -d 'Do not ask this rule or group (repeatable)' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l require -d 'Fail when this rule or group has nothing to look at (repeatable)' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l explain -d 'Say what a rule rests on, and what to do when it fails' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l message -d 'What is said to the backend where any answer will do' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l tool-message -d 'What is answered by a client tool call' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l form-message -d 'What is answered by a form' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l widget-message -d 'What is answered by a widget' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l long-message -d 'What is answered at length, to be left in the middle' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l recall-message -d 'What asks for the word that --remember told' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l other-header -d 'Another user\'s header, who must not see the threads of this one' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l origin -d 'The origin that a browser is pretended to be on' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l max-ttfb -d 'How long the first event of a turn may take' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l max-first-text -d 'How long the first text of an answer may take, as a must [default: 5s, as a should]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l max-turn -d 'How long a turn may take' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l max-gap -d 'How long a turn may be silent, as a must [default: 10s, as a should]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l jobs -d 'How many conversations go on at once' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l fail-on -d 'Fail the run from this severity on' -r -f -a "must\t'What clients break without'
should\t'What clients work worse without, too'
may\t'Anything'"
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l report -d 'Write a report: junit=FILE, tap=FILE, json=FILE, html=FILE, or github (repeatable)' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l baseline -d 'Failures that are known, and do not fail the run' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l write-baseline -d 'Write down the failures of this run as known' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l recording -d 'Check a recording instead of a backend, to which nothing is said then' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l smoke -d 'Start a thread, get an answer, read it back, clean up: one line of result'
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l list -d 'List the rules'
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l remember -d 'Check that a word is remembered over two turns'
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l expect-auth -d 'Check that who shows no credentials is refused'
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l keep -d 'Leave the threads that the check made where they are'
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l speed -d 'How many times as fast as it was recorded' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l against -d 'Send what the user did again, and compare the answers; two are compared with one another' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l match -d 'How closely: exact, text (kinds and words) or shape (kinds and keys); ids, times and chunking never count' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l ignore -d 'Leave this out of the comparison (repeatable)' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l max-turn -d 'How long one answer may take, as 30s or 5m' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l instant -d 'Wait for nothing'
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l update -d 'Put the new answers in the place of the recorded ones'
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand replay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l host -d 'The address to listen on' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l port -d 'The port to listen on, 8000 by default; 0 takes a free one' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l pace -d 'The time between two pieces of a streamed text, 15ms by default; 0 is as fast as it goes' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l seed -d 'Make ids, order and times repeat exactly, but for the time at which a hosted session expires' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l token -d 'Ask for this bearer token at /chatkit, which is open without it' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l api-key -d 'Take this API key only; without it, any that is not empty is good' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l allow-host -d 'Let itself be asked under this name too (repeatable)' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l store -d 'Where threads are kept: memory (the default), sqlite:FILE, or postgres://… for several servers at once' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l break -d 'Break one rule of \'chatkit check\' on purpose, by its id' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l wait -d 'Leave only when it answers, within this time' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l pid-file -d 'Where the server\'s process id is; by default in the user\'s state folder, by its port' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l fault -d 'Break something on purpose, as stall=5s or status=503,times=2 (repeatable)' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l scenario -d 'Answer by the rules of this file or folder, without its subfolders (repeatable); read again when it is saved' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l proxy -d 'Pass everything on to this backend' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l record -d 'Record what passes to this file, which is there when the proxy has ended' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l redact -d 'Take this out of the recording too: a header or field by its name, or a regular expression (repeatable)' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l replay -d 'Answer out of this recording, in its order and at its pace' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l speed -d 'How many times as fast as it was recorded; max does not wait at all' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l on-miss -d 'What to do when something else is asked; record passes it on to --proxy and adds it' -r -f -a "record\t'Pass it on to --proxy URL, and add it to the recording'
showcase\t'Answer as the mock does'
refuse\t'Refuse it with 404'"
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l admin-open -d 'Let other machines steer the mock through /__mock too'
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l background -d 'Serve in a process of its own, print its address and leave'
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l stop -d 'Stop the server that was started in the background'
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l list-faults -d 'List the faults, and what a good client does about each'
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l strict -d 'Refuse what no rule matches, instead of showing the showcase; with --replay, fail at the end when something of the recording was never asked for'
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -f -a "new" -d 'Write an example that explains itself'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -f -a "check" -d 'Find what is wrong with files and folders, without serving them'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -f -a "schema" -d 'Print the JSON Schema that editors complete scenarios by'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and not __fish_seen_subcommand_from new check schema help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from new" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from new" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from new" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from new" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from new" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from new" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from new" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from new" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from new" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from new" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from new" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from new" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from new" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from new" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from new" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from new" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from new" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from check" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from check" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from check" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from check" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from check" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from check" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from check" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from check" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from check" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from check" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from check" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from check" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from check" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from check" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from schema" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from schema" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from schema" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from schema" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from schema" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from schema" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from schema" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from schema" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from schema" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from schema" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from schema" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from schema" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from schema" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from schema" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from schema" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from schema" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from schema" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from help" -f -a "new" -d 'Write an example that explains itself'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from help" -f -a "check" -d 'Find what is wrong with files and folders, without serving them'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from help" -f -a "schema" -d 'Print the JSON Schema that editors complete scenarios by'
complete -c chatkit -n "__fish_chatkit_using_subcommand scenario; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -f -a "show" -d 'Draw a .widget file, a widget\'s JSON or a widget item in the terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and not __fish_seen_subcommand_from show help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -l data -d 'The data of a .widget file\'s template, as JSON or @FILE; its own preview if not given' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -l width -d 'How many columns to draw in, instead of as many as there are' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from help" -f -a "show" -d 'Draw a .widget file, a widget\'s JSON or a widget item in the terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand widget; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l origin -d 'Where the page is that talks to the backend, for example https://app.example.com; null for a file or a sandboxed frame' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l message -d 'What to say in the turn that is played' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l script -d 'Where the page loads the browser client from' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l workflow-version -d 'The version of the workflow that a session is made for' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l state-variable -d 'A state variable that a session is made with (repeatable)' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l no-turn -d 'Play no turn, so that no model is asked'
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand completions" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand completions" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand completions" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand completions" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand completions" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand completions" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand completions" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand completions" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand completions" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand completions" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand completions" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand completions" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand completions" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand completions" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand completions" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand completions" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand completions" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand man" -l out -d 'Write a page for every subcommand into this folder' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand man" -l url -d 'The endpoint of a self-hosted backend [env: CHATKIT_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand man" -l api-base -d 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand man" -l client-secret -d 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand man" -l workflow -d 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand man" -l user -d 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand man" -l api-key-file -d 'A file that holds the API key, which is else read from OPENAI_API_KEY' -r -F
complete -c chatkit -n "__fish_chatkit_using_subcommand man" -l upload-url -d 'Where files are posted to directly, instead of the two-phase upload' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand man" -l profile -d 'A profile of chatkit.toml [env: CHATKIT_PROFILE]' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand man" -l header -d 'One more header for every request (repeatable), for example \'Authorization: Bearer x\'' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand man" -l timeout -d 'How long to wait for the backend, as 30s, 500ms, 2m or seconds' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand man" -l locale -d 'The language to be answered in, for example de-DE, sent as Accept-Language' -r
complete -c chatkit -n "__fish_chatkit_using_subcommand man" -l color -d 'When to use colour; NO_COLOR is heeded' -r -f -a "auto\t'On a terminal that can, unless NO_COLOR is set'
always\t'Even into a file'
never\t'Not even on a terminal'"
complete -c chatkit -n "__fish_chatkit_using_subcommand man" -l mock -d 'Talk to a mock inside this process, which is gone when the command ends'
complete -c chatkit -n "__fish_chatkit_using_subcommand man" -l json -d 'Write JSON and nothing else to stdout; streams become JSON lines'
complete -c chatkit -n "__fish_chatkit_using_subcommand man" -l no-input -d 'Never ask, even on a terminal'
complete -c chatkit -n "__fish_chatkit_using_subcommand man" -s q -l quiet -d 'Write nothing to stderr but errors'
complete -c chatkit -n "__fish_chatkit_using_subcommand man" -s v -l verbose -d 'Say more on stderr; twice for everything'
complete -c chatkit -n "__fish_chatkit_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and not __fish_seen_subcommand_from session thread send chat action feedback request check replay serve scenario widget doctor completions man help" -f -a "session" -d 'Make, cancel and inspect hosted sessions'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and not __fish_seen_subcommand_from session thread send chat action feedback request check replay serve scenario widget doctor completions man help" -f -a "thread" -d 'List, show, rename and delete threads'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and not __fish_seen_subcommand_from session thread send chat action feedback request check replay serve scenario widget doctor completions man help" -f -a "send" -d 'Send one message and print the answer'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and not __fish_seen_subcommand_from session thread send chat action feedback request check replay serve scenario widget doctor completions man help" -f -a "chat" -d 'Talk to a backend, message by message'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and not __fish_seen_subcommand_from session thread send chat action feedback request check replay serve scenario widget doctor completions man help" -f -a "action" -d 'Run a widget\'s action'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and not __fish_seen_subcommand_from session thread send chat action feedback request check replay serve scenario widget doctor completions man help" -f -a "feedback" -d 'Praise or criticise items of a thread'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and not __fish_seen_subcommand_from session thread send chat action feedback request check replay serve scenario widget doctor completions man help" -f -a "request" -d 'Send any operation, raw'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and not __fish_seen_subcommand_from session thread send chat action feedback request check replay serve scenario widget doctor completions man help" -f -a "check" -d 'Check a backend: is it up, and does it speak the protocol'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and not __fish_seen_subcommand_from session thread send chat action feedback request check replay serve scenario widget doctor completions man help" -f -a "replay" -d 'Play a conversation again that was written down'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and not __fish_seen_subcommand_from session thread send chat action feedback request check replay serve scenario widget doctor completions man help" -f -a "serve" -d 'Serve a local mock backend'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and not __fish_seen_subcommand_from session thread send chat action feedback request check replay serve scenario widget doctor completions man help" -f -a "scenario" -d 'Write and check files that script the mock'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and not __fish_seen_subcommand_from session thread send chat action feedback request check replay serve scenario widget doctor completions man help" -f -a "widget" -d 'Look at widgets without a backend'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and not __fish_seen_subcommand_from session thread send chat action feedback request check replay serve scenario widget doctor completions man help" -f -a "doctor" -d 'Find out why a backend does not work'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and not __fish_seen_subcommand_from session thread send chat action feedback request check replay serve scenario widget doctor completions man help" -f -a "completions" -d 'Print the completions of a shell'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and not __fish_seen_subcommand_from session thread send chat action feedback request check replay serve scenario widget doctor completions man help" -f -a "man" -d 'Print the manual page, or write all of them'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and not __fish_seen_subcommand_from session thread send chat action feedback request check replay serve scenario widget doctor completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and __fish_seen_subcommand_from session" -f -a "create" -d 'Make a session and print its client secret'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and __fish_seen_subcommand_from session" -f -a "cancel" -d 'End a session'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and __fish_seen_subcommand_from session" -f -a "inspect" -d 'Read a client secret\'s expiry, offline'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and __fish_seen_subcommand_from thread" -f -a "list" -d 'List the threads, newest first'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and __fish_seen_subcommand_from thread" -f -a "show" -d 'Show a thread with all of its items'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and __fish_seen_subcommand_from thread" -f -a "items" -d 'List the items of a thread, oldest first'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and __fish_seen_subcommand_from thread" -f -a "rename" -d 'Give a thread another title'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and __fish_seen_subcommand_from thread" -f -a "delete" -d 'Delete threads'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and __fish_seen_subcommand_from thread" -f -a "export" -d 'Write threads with all of their items to a file'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and __fish_seen_subcommand_from thread" -f -a "import" -d 'Put exported threads into a store, or into a backend'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and __fish_seen_subcommand_from scenario" -f -a "new" -d 'Write an example that explains itself'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and __fish_seen_subcommand_from scenario" -f -a "check" -d 'Find what is wrong with files and folders, without serving them'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and __fish_seen_subcommand_from scenario" -f -a "schema" -d 'Print the JSON Schema that editors complete scenarios by'
complete -c chatkit -n "__fish_chatkit_using_subcommand help; and __fish_seen_subcommand_from widget" -f -a "show" -d 'Draw a .widget file, a widget\'s JSON or a widget item in the terminal'
