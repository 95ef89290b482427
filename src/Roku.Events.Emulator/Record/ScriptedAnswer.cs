using System.Globalization;
using System.Net;

namespace Roku.Events.Emulator;

internal sealed class ScriptedAnswer(HttpStatusCode status, TimeSpan? retryAfter, string? body)
{
    public EmulatorAnswer ToAnswer()
    {
        var answer = body is null
            ? EmulatorAnswer.Text(status, $$"""{"code":{{(int)status}},"error":{"code":"scripted","message":"This answer was scripted."} }""")
            : EmulatorAnswer.Text(status, body);
        if (retryAfter is { } wait)
        {
            // The header counts whole seconds; a fraction is rounded up so that nobody is told to come too early.
            answer.AddHeader("Retry-After", ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture));
        }

        return answer;
    }
}
