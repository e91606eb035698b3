
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'chatkit' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'chatkit'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'chatkit' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('session', 'session', [CompletionResultType]::ParameterValue, 'Make, cancel and inspect hosted sessions')
            [CompletionResult]::new('thread', 'thread', [CompletionResultType]::ParameterValue, 'List, show, rename and delete threads')
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Send one message and print the answer')
            [CompletionResult]::new('chat', 'chat', [CompletionResultType]::ParameterValue, 'Talk to a backend, message by message')
            [CompletionResult]::new('action', 'action', [CompletionResultType]::ParameterValue, 'Run a widget''s action')
            [CompletionResult]::new('feedback', 'feedback', [CompletionResultType]::ParameterValue, 'Praise or criticise items of a thread')
            [CompletionResult]::new('request', 'request', [CompletionResultType]::ParameterValue, 'Send any operation, raw')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check a backend: is it up, and does it speak the protocol')
            [CompletionResult]::new('replay', 'replay', [CompletionResultType]::ParameterValue, 'Play a conversation again that was written down')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve a local mock backend')
            [CompletionResult]::new('scenario', 'scenario', [CompletionResultType]::ParameterValue, 'Write and check files that script the mock')
            [CompletionResult]::new('widget', 'widget', [CompletionResultType]::ParameterValue, 'Look at widgets without a backend')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Find out why a backend does not work')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completions of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page, or write all of them')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'chatkit;session' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make a session and print its client secret')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'End a session')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Read a client secret''s expiry, offline')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'chatkit;session;create' {
            [CompletionResult]::new('--workflow-version', '--workflow-version', [CompletionResultType]::ParameterName, 'The version of the workflow; the deployed one if nothing is said')
            [CompletionResult]::new('--state-variable', '--state-variable', [CompletionResultType]::ParameterName, 'Start the workflow with this variable (repeatable); true, false and numbers are read as such')
            [CompletionResult]::new('--expires-after', '--expires-after', [CompletionResultType]::ParameterName, 'How long the secret is good, in seconds; 600 if nothing is said')
            [CompletionResult]::new('--rate-limit', '--rate-limit', [CompletionResultType]::ParameterName, 'How many requests a minute are allowed; 10 if nothing is said')
            [CompletionResult]::new('--max-file-size', '--max-file-size', [CompletionResultType]::ParameterName, 'The largest file that may be uploaded, in MB')
            [CompletionResult]::new('--max-files', '--max-files', [CompletionResultType]::ParameterName, 'How many files may be uploaded')
            [CompletionResult]::new('--recent-threads', '--recent-threads', [CompletionResultType]::ParameterName, 'Offer only so many earlier threads')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--file-upload', '--file-upload', [CompletionResultType]::ParameterName, 'Allow uploads')
            [CompletionResult]::new('--no-history', '--no-history', [CompletionResultType]::ParameterName, 'Do not offer earlier threads')
            [CompletionResult]::new('--no-titling', '--no-titling', [CompletionResultType]::ParameterName, 'Do not give threads titles by themselves')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;session;cancel' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;session;inspect' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;session;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make a session and print its client secret')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'End a session')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Read a client secret''s expiry, offline')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'chatkit;session;help;create' {
            break
        }
        'chatkit;session;help;cancel' {
            break
        }
        'chatkit;session;help;inspect' {
            break
        }
        'chatkit;session;help;help' {
            break
        }
        'chatkit;thread' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the threads, newest first')
            [CompletionResult]::new('ls', 'ls', [CompletionResultType]::ParameterValue, 'List the threads, newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a thread with all of its items')
            [CompletionResult]::new('items', 'items', [CompletionResultType]::ParameterValue, 'List the items of a thread, oldest first')
            [CompletionResult]::new('rename', 'rename', [CompletionResultType]::ParameterValue, 'Give a thread another title')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete threads')
            [CompletionResult]::new('rm', 'rm', [CompletionResultType]::ParameterValue, 'Delete threads')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write threads with all of their items to a file')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Put exported threads into a store, or into a backend')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'chatkit;thread;list' {
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'How many rows; with --all, how many at once')
            [CompletionResult]::new('--order', '--order', [CompletionResultType]::ParameterName, 'The order by creation')
            [CompletionResult]::new('--after', '--after', [CompletionResultType]::ParameterName, 'Begin after the row of this id')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Walk all pages')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;thread;ls' {
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'How many rows; with --all, how many at once')
            [CompletionResult]::new('--order', '--order', [CompletionResultType]::ParameterName, 'The order by creation')
            [CompletionResult]::new('--after', '--after', [CompletionResultType]::ParameterName, 'Begin after the row of this id')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Walk all pages')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;thread;show' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;thread;items' {
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'How many rows; with --all, how many at once')
            [CompletionResult]::new('--order', '--order', [CompletionResultType]::ParameterName, 'The order by creation')
            [CompletionResult]::new('--after', '--after', [CompletionResultType]::ParameterName, 'Begin after the row of this id')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Walk all pages')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;thread;rename' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;thread;delete' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;thread;rm' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;thread;export' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to this file, which is there when it is whole; - is stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to this file, which is there when it is whole; - is stdout')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All threads; where the hosted API is asked with a key, of all users or of --user')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;thread;import' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store to import into: sqlite:FILE or postgres://…; a password may also come from PGPASSWORD')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'Put the file''s version in the place of threads of the store that differ')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;thread;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the threads, newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a thread with all of its items')
            [CompletionResult]::new('items', 'items', [CompletionResultType]::ParameterValue, 'List the items of a thread, oldest first')
            [CompletionResult]::new('rename', 'rename', [CompletionResultType]::ParameterValue, 'Give a thread another title')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete threads')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write threads with all of their items to a file')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Put exported threads into a store, or into a backend')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'chatkit;thread;help;list' {
            break
        }
        'chatkit;thread;help;show' {
            break
        }
        'chatkit;thread;help;items' {
            break
        }
        'chatkit;thread;help;rename' {
            break
        }
        'chatkit;thread;help;delete' {
            break
        }
        'chatkit;thread;help;export' {
            break
        }
        'chatkit;thread;help;import' {
            break
        }
        'chatkit;thread;help;help' {
            break
        }
        'chatkit;send' {
            [CompletionResult]::new('--attach', '--attach', [CompletionResultType]::ParameterName, 'Attach a file (repeatable)')
            [CompletionResult]::new('--quote', '--quote', [CompletionResultType]::ParameterName, 'Quote this text above the message')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'Ask for this model')
            [CompletionResult]::new('--tool-choice', '--tool-choice', [CompletionResultType]::ParameterName, 'Ask for this tool to be used')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Mention an entity of the app (repeatable)')
            [CompletionResult]::new('--thread', '--thread', [CompletionResultType]::ParameterName, 'Continue this thread instead of starting one')
            [CompletionResult]::new('--record', '--record', [CompletionResultType]::ParameterName, 'Write the turns down to this file, word for word and without secrets')
            [CompletionResult]::new('--tool', '--tool', [CompletionResultType]::ParameterName, 'Answer a client tool with this JSON (repeatable)')
            [CompletionResult]::new('--tool-cmd', '--tool-cmd', [CompletionResultType]::ParameterName, 'Answer a client tool with what this command prints (repeatable)')
            [CompletionResult]::new('--answer', '--answer', [CompletionResultType]::ParameterName, 'Answer a question of a form; several values of one ID answer it together (repeatable)')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Continue the last thread of this backend')
            [CompletionResult]::new('--continue', '--continue', [CompletionResultType]::ParameterName, 'Continue the last thread of this backend')
            [CompletionResult]::new('--skip', '--skip', [CompletionResultType]::ParameterName, 'Skip the forms that are asked')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;chat' {
            [CompletionResult]::new('--thread', '--thread', [CompletionResultType]::ParameterName, 'Go on with this thread')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'Ask for this model')
            [CompletionResult]::new('--tool-choice', '--tool-choice', [CompletionResultType]::ParameterName, 'Ask for this tool to be used')
            [CompletionResult]::new('--attach', '--attach', [CompletionResultType]::ParameterName, 'Attach a file to the first message (repeatable)')
            [CompletionResult]::new('--record', '--record', [CompletionResultType]::ParameterName, 'Write the turns down to this file, word for word and without secrets')
            [CompletionResult]::new('--tool', '--tool', [CompletionResultType]::ParameterName, 'Answer a client tool with this JSON (repeatable)')
            [CompletionResult]::new('--tool-cmd', '--tool-cmd', [CompletionResultType]::ParameterName, 'Answer a client tool with what this command prints (repeatable)')
            [CompletionResult]::new('--answer', '--answer', [CompletionResultType]::ParameterName, 'Answer a question of a form; several values of one ID answer it together (repeatable)')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Go on with the last thread of this backend')
            [CompletionResult]::new('--continue', '--continue', [CompletionResultType]::ParameterName, 'Go on with the last thread of this backend')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Delete threads without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Delete threads without asking')
            [CompletionResult]::new('--skip', '--skip', [CompletionResultType]::ParameterName, 'Skip the forms that are asked')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;action' {
            [CompletionResult]::new('--payload', '--payload', [CompletionResultType]::ParameterName, 'The action''s payload, as JSON; - reads stdin')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--sync', '--sync', [CompletionResultType]::ParameterName, 'Ask for the changed item instead of a stream, as widgets with `streaming: false` do')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;feedback' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--positive', '--positive', [CompletionResultType]::ParameterName, 'Thumbs up')
            [CompletionResult]::new('--negative', '--negative', [CompletionResultType]::ParameterName, 'Thumbs down')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;request' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;check' {
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Ask this rule or group only (repeatable)')
            [CompletionResult]::new('--skip', '--skip', [CompletionResultType]::ParameterName, 'Do not ask this rule or group (repeatable)')
            [CompletionResult]::new('--require', '--require', [CompletionResultType]::ParameterName, 'Fail when this rule or group has nothing to look at (repeatable)')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Say what a rule rests on, and what to do when it fails')
            [CompletionResult]::new('--message', '--message', [CompletionResultType]::ParameterName, 'What is said to the backend where any answer will do')
            [CompletionResult]::new('--tool-message', '--tool-message', [CompletionResultType]::ParameterName, 'What is answered by a client tool call')
            [CompletionResult]::new('--form-message', '--form-message', [CompletionResultType]::ParameterName, 'What is answered by a form')
            [CompletionResult]::new('--widget-message', '--widget-message', [CompletionResultType]::ParameterName, 'What is answered by a widget')
            [CompletionResult]::new('--long-message', '--long-message', [CompletionResultType]::ParameterName, 'What is answered at length, to be left in the middle')
            [CompletionResult]::new('--recall-message', '--recall-message', [CompletionResultType]::ParameterName, 'What asks for the word that --remember told')
            [CompletionResult]::new('--other-header', '--other-header', [CompletionResultType]::ParameterName, 'Another user''s header, who must not see the threads of this one')
            [CompletionResult]::new('--origin', '--origin', [CompletionResultType]::ParameterName, 'The origin that a browser is pretended to be on')
            [CompletionResult]::new('--max-ttfb', '--max-ttfb', [CompletionResultType]::ParameterName, 'How long the first event of a turn may take')
            [CompletionResult]::new('--max-first-text', '--max-first-text', [CompletionResultType]::ParameterName, 'How long the first text of an answer may take, as a must [default: 5s, as a should]')
            [CompletionResult]::new('--max-turn', '--max-turn', [CompletionResultType]::ParameterName, 'How long a turn may take')
            [CompletionResult]::new('--max-gap', '--max-gap', [CompletionResultType]::ParameterName, 'How long a turn may be silent, as a must [default: 10s, as a should]')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many conversations go on at once')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Fail the run from this severity on')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write a report: junit=FILE, tap=FILE, json=FILE, html=FILE, or github (repeatable)')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'Failures that are known, and do not fail the run')
            [CompletionResult]::new('--write-baseline', '--write-baseline', [CompletionResultType]::ParameterName, 'Write down the failures of this run as known')
            [CompletionResult]::new('--recording', '--recording', [CompletionResultType]::ParameterName, 'Check a recording instead of a backend, to which nothing is said then')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--smoke', '--smoke', [CompletionResultType]::ParameterName, 'Start a thread, get an answer, read it back, clean up: one line of result')
            [CompletionResult]::new('--list', '--list', [CompletionResultType]::ParameterName, 'List the rules')
            [CompletionResult]::new('--remember', '--remember', [CompletionResultType]::ParameterName, 'Check that a word is remembered over two turns')
            [CompletionResult]::new('--expect-auth', '--expect-auth', [CompletionResultType]::ParameterName, 'Check that who shows no credentials is refused')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Leave the threads that the check made where they are')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;replay' {
            [CompletionResult]::new('--speed', '--speed', [CompletionResultType]::ParameterName, 'How many times as fast as it was recorded')
            [CompletionResult]::new('--against', '--against', [CompletionResultType]::ParameterName, 'Send what the user did again, and compare the answers; two are compared with one another')
            [CompletionResult]::new('--match', '--match', [CompletionResultType]::ParameterName, 'How closely: exact, text (kinds and words) or shape (kinds and keys); ids, times and chunking never count')
            [CompletionResult]::new('--ignore', '--ignore', [CompletionResultType]::ParameterName, 'Leave this out of the comparison (repeatable)')
            [CompletionResult]::new('--max-turn', '--max-turn', [CompletionResultType]::ParameterName, 'How long one answer may take, as 30s or 5m')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--instant', '--instant', [CompletionResultType]::ParameterName, 'Wait for nothing')
            [CompletionResult]::new('--update', '--update', [CompletionResultType]::ParameterName, 'Put the new answers in the place of the recorded ones')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;serve' {
            [CompletionResult]::new('--host', '--host', [CompletionResultType]::ParameterName, 'The address to listen on')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'The port to listen on, 8000 by default; 0 takes a free one')
            [CompletionResult]::new('--pace', '--pace', [CompletionResultType]::ParameterName, 'The time between two pieces of a streamed text, 15ms by default; 0 is as fast as it goes')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Make ids, order and times repeat exactly, but for the time at which a hosted session expires')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Ask for this bearer token at /chatkit, which is open without it')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Take this API key only; without it, any that is not empty is good')
            [CompletionResult]::new('--allow-host', '--allow-host', [CompletionResultType]::ParameterName, 'Let itself be asked under this name too (repeatable)')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where threads are kept: memory (the default), sqlite:FILE, or postgres://… for several servers at once')
            [CompletionResult]::new('--break', '--break', [CompletionResultType]::ParameterName, 'Break one rule of ''chatkit check'' on purpose, by its id')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Leave only when it answers, within this time')
            [CompletionResult]::new('--pid-file', '--pid-file', [CompletionResultType]::ParameterName, 'Where the server''s process id is; by default in the user''s state folder, by its port')
            [CompletionResult]::new('--fault', '--fault', [CompletionResultType]::ParameterName, 'Break something on purpose, as stall=5s or status=503,times=2 (repeatable)')
            [CompletionResult]::new('--scenario', '--scenario', [CompletionResultType]::ParameterName, 'Answer by the rules of this file or folder, without its subfolders (repeatable); read again when it is saved')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Pass everything on to this backend')
            [CompletionResult]::new('--record', '--record', [CompletionResultType]::ParameterName, 'Record what passes to this file, which is there when the proxy has ended')
            [CompletionResult]::new('--redact', '--redact', [CompletionResultType]::ParameterName, 'Take this out of the recording too: a header or field by its name, or a regular expression (repeatable)')
            [CompletionResult]::new('--replay', '--replay', [CompletionResultType]::ParameterName, 'Answer out of this recording, in its order and at its pace')
            [CompletionResult]::new('--speed', '--speed', [CompletionResultType]::ParameterName, 'How many times as fast as it was recorded; max does not wait at all')
            [CompletionResult]::new('--on-miss', '--on-miss', [CompletionResultType]::ParameterName, 'What to do when something else is asked; record passes it on to --proxy and adds it')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--admin-open', '--admin-open', [CompletionResultType]::ParameterName, 'Let other machines steer the mock through /__mock too')
            [CompletionResult]::new('--background', '--background', [CompletionResultType]::ParameterName, 'Serve in a process of its own, print its address and leave')
            [CompletionResult]::new('--stop', '--stop', [CompletionResultType]::ParameterName, 'Stop the server that was started in the background')
            [CompletionResult]::new('--list-faults', '--list-faults', [CompletionResultType]::ParameterName, 'List the faults, and what a good client does about each')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Refuse what no rule matches, instead of showing the showcase; with --replay, fail at the end when something of the recording was never asked for')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;scenario' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Write an example that explains itself')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Find what is wrong with files and folders, without serving them')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema that editors complete scenarios by')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'chatkit;scenario;new' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;scenario;check' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;scenario;schema' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;scenario;help' {
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Write an example that explains itself')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Find what is wrong with files and folders, without serving them')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema that editors complete scenarios by')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'chatkit;scenario;help;new' {
            break
        }
        'chatkit;scenario;help;check' {
            break
        }
        'chatkit;scenario;help;schema' {
            break
        }
        'chatkit;scenario;help;help' {
            break
        }
        'chatkit;widget' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Draw a .widget file, a widget''s JSON or a widget item in the terminal')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'chatkit;widget;show' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The data of a .widget file''s template, as JSON or @FILE; its own preview if not given')
            [CompletionResult]::new('--width', '--width', [CompletionResultType]::ParameterName, 'How many columns to draw in, instead of as many as there are')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;widget;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Draw a .widget file, a widget''s JSON or a widget item in the terminal')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'chatkit;widget;help;show' {
            break
        }
        'chatkit;widget;help;help' {
            break
        }
        'chatkit;doctor' {
            [CompletionResult]::new('--origin', '--origin', [CompletionResultType]::ParameterName, 'Where the page is that talks to the backend, for example https://app.example.com; null for a file or a sandboxed frame')
            [CompletionResult]::new('--message', '--message', [CompletionResultType]::ParameterName, 'What to say in the turn that is played')
            [CompletionResult]::new('--script', '--script', [CompletionResultType]::ParameterName, 'Where the page loads the browser client from')
            [CompletionResult]::new('--workflow-version', '--workflow-version', [CompletionResultType]::ParameterName, 'The version of the workflow that a session is made for')
            [CompletionResult]::new('--state-variable', '--state-variable', [CompletionResultType]::ParameterName, 'A state variable that a session is made with (repeatable)')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--no-turn', '--no-turn', [CompletionResultType]::ParameterName, 'Play no turn, so that no model is asked')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;completions' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;man' {
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Write a page for every subcommand into this folder')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The endpoint of a self-hosted backend [env: CHATKIT_URL]')
            [CompletionResult]::new('--api-base', '--api-base', [CompletionResultType]::ParameterName, 'The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]')
            [CompletionResult]::new('--workflow', '--workflow', [CompletionResultType]::ParameterName, 'The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file that holds the API key, which is else read from OPENAI_API_KEY')
            [CompletionResult]::new('--upload-url', '--upload-url', [CompletionResultType]::ParameterName, 'Where files are posted to directly, instead of the two-phase upload')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of chatkit.toml [env: CHATKIT_PROFILE]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'One more header for every request (repeatable), for example ''Authorization: Bearer x''')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the backend, as 30s, 500ms, 2m or seconds')
            [CompletionResult]::new('--locale', '--locale', [CompletionResultType]::ParameterName, 'The language to be answered in, for example de-DE, sent as Accept-Language')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is heeded')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Talk to a mock inside this process, which is gone when the command ends')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON and nothing else to stdout; streams become JSON lines')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask, even on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice for everything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'chatkit;help' {
            [CompletionResult]::new('session', 'session', [CompletionResultType]::ParameterValue, 'Make, cancel and inspect hosted sessions')
            [CompletionResult]::new('thread', 'thread', [CompletionResultType]::ParameterValue, 'List, show, rename and delete threads')
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Send one message and print the answer')
            [CompletionResult]::new('chat', 'chat', [CompletionResultType]::ParameterValue, 'Talk to a backend, message by message')
            [CompletionResult]::new('action', 'action', [CompletionResultType]::ParameterValue, 'Run a widget''s action')
            [CompletionResult]::new('feedback', 'feedback', [CompletionResultType]::ParameterValue, 'Praise or criticise items of a thread')
            [CompletionResult]::new('request', 'request', [CompletionResultType]::ParameterValue, 'Send any operation, raw')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check a backend: is it up, and does it speak the protocol')
            [CompletionResult]::new('replay', 'replay', [CompletionResultType]::ParameterValue, 'Play a conversation again that was written down')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve a local mock backend')
            [CompletionResult]::new('scenario', 'scenario', [CompletionResultType]::ParameterValue, 'Write and check files that script the mock')
            [CompletionResult]::new('widget', 'widget', [CompletionResultType]::ParameterValue, 'Look at widgets without a backend')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Find out why a backend does not work')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completions of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page, or write all of them')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'chatkit;help;session' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make a session and print its client secret')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'End a session')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Read a client secret''s expiry, offline')
            break
        }
        'chatkit;help;session;create' {
            break
        }
        'chatkit;help;session;cancel' {
            break
        }
        'chatkit;help;session;inspect' {
            break
        }
        'chatkit;help;thread' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the threads, newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a thread with all of its items')
            [CompletionResult]::new('items', 'items', [CompletionResultType]::ParameterValue, 'List the items of a thread, oldest first')
            [CompletionResult]::new('rename', 'rename', [CompletionResultType]::ParameterValue, 'Give a thread another title')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete threads')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write threads with all of their items to a file')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Put exported threads into a store, or into a backend')
            break
        }
        'chatkit;help;thread;list' {
            break
        }
        'chatkit;help;thread;show' {
            break
        }
        'chatkit;help;thread;items' {
            break
        }
        'chatkit;help;thread;rename' {
            break
        }
        'chatkit;help;thread;delete' {
            break
        }
        'chatkit;help;thread;export' {
            break
        }
        'chatkit;help;thread;import' {
            break
        }
        'chatkit;help;send' {
            break
        }
        'chatkit;help;chat' {
            break
        }
        'chatkit;help;action' {
            break
        }
        'chatkit;help;feedback' {
            break
        }
        'chatkit;help;request' {
            break
        }
        'chatkit;help;check' {
            break
        }
        'chatkit;help;replay' {
            break
        }
        'chatkit;help;serve' {
            break
        }
        'chatkit;help;scenario' {
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Write an example that explains itself')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Find what is wrong with files and folders, without serving them')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema that editors complete scenarios by')
            break
        }
        'chatkit;help;scenario;new' {
            break
        }
        'chatkit;help;scenario;check' {
            break
        }
        'chatkit;help;scenario;schema' {
            break
        }
        'chatkit;help;widget' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Draw a .widget file, a widget''s JSON or a widget item in the terminal')
            break
        }
        'chatkit;help;widget;show' {
            break
        }
        'chatkit;help;doctor' {
            break
        }
        'chatkit;help;completions' {
            break
        }
        'chatkit;help;man' {
            break
        }
        'chatkit;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
