namespace Roku.Events.Tool;

// Ends a command with a message for the person at the terminal.
internal sealed class ToolException(string message, ExitCode code = ExitCode.Usage) : Exception(message)
{
    public ExitCode Code => code;
}
